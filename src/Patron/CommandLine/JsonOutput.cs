using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patron.Web.Http;

namespace Patron.CommandLine;

/// <summary>
/// The option <c>--json</c>: standard output is one JSON object with snake_case keys, even when the command fails, and everything else goes
/// to standard error.
/// </summary>
internal static class JsonOutput
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JsonConventions.Encoder,
        TypeInfoResolver = CommandJson.Default,
    };

    public static Option<bool> Option { get; } = new("--json")
    {
        Description = "Print one JSON object. On failure: {\"error\": ...} and exit status 1.",
    };

    /// <summary>Whether the command has the option, and the command line gives it.</summary>
    public static bool IsWanted(ParseResult line) => line.CommandResult.Command.Options.Contains(Option) && line.GetValue(Option);

    public static void Print<T>(T value) => Console.WriteLine(JsonSerializer.Serialize(value, Options));

    public static int Fail(bool json, string sentence)
    {
        if (json)
        {
            Print(new JsonObject { ["error"] = sentence });
        }

        return CommandOutput.Fail(sentence);
    }
}
