using System.Text.Json;
using Patron.CommandHost;
using Patron.CommandLine;

// Runs commands of Patron one after another in one process, for tests: a start takes longer than most commands. Each line of the standard
// input is a CommandRequest, and each line of the output a CommandResponse.
var (requests, responses) = (Console.In, Console.Out);
using StringWriter output = new(), errors = new(); // The same writers all the time, because loggers and libraries keep what they found.
Console.SetOut(output);
Console.SetError(errors);
Console.SetIn(TextReader.Null);
while (requests.ReadLine() is { } line)
{
    var request = JsonSerializer.Deserialize<CommandRequest>(line)!;
    var before = request.Settings.Keys.ToDictionary(name => name, Environment.GetEnvironmentVariable);
    Set(request.Settings);
    var status = await PatronCommand.RunAsync(request.Arguments);
    Set(before);
    responses.WriteLine(JsonSerializer.Serialize(new CommandResponse(status, Take(output), Take(errors))));
    responses.Flush();
}

static void Set(IReadOnlyDictionary<string, string?> variables)
{
    foreach (var (name, value) in variables)
    {
        Environment.SetEnvironmentVariable(name, value);
    }
}

static string Take(StringWriter writer)
{
    var text = writer.ToString();
    writer.GetStringBuilder().Clear();
    return text;
}
