using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Patron.CommandLine;

/// <summary>
/// The option <c>--json</c>: standard output is one JSON object, even when the command fails, and everything else goes to standard error.
/// </summary>
internal static class JsonOutput
{
    public static Option<bool> Option { get; } = new("--json")
    {
        Description = "Print one JSON object, also on failure: {\"error\": ...} and status 1.",
    };

    public static void Print<T>(T value, JsonTypeInfo<T> type) => Console.WriteLine(JsonSerializer.Serialize(value, type));

    public static int Fail(bool json, string sentence)
    {
        if (json)
        {
            Console.WriteLine(new JsonObject { ["error"] = sentence }.ToJsonString());
        }

        return CommandOutput.Fail(sentence);
    }
}
