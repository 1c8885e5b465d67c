using System.Text.Json;
using System.Text.Json.Serialization;
using Patron.Shared.Imports;
using Patron.Shared.Results;

namespace Patron.CommandLine.Imports;

/// <summary>A rejected line and the sentence why.</summary>
internal sealed record Reject(long Line, string Reason);

/// <summary>What an import did, as <c>--json</c> prints it; only the first rejects are in it.</summary>
internal sealed record ImportSummary(long Lines, long Imported, long Rejected, IReadOnlyList<Reject> Rejects);

/// <summary>
/// Counts what becomes of an import's lines and says so: progress, warnings and the first rejects on standard error, the summary on
/// standard output, every reject in a file. It never sees what is in a line.
/// </summary>
internal sealed class ImportReport : IAsyncDisposable
{
    private const int RejectsInWords = 20;
    private const int RejectsInJson = 100;
    private const int MostWarnings = 20;
    private const int LongestName = 64;

    private readonly HashSet<string> unknown = new(StringComparer.Ordinal);
    private readonly List<Reject> first = [];
    private readonly WorkProgress progress;
    private readonly StreamWriter? file;
    private readonly bool isJson;
    private long lines;
    private long imported;
    private long rejected;

    /// <summary>Begins the file of rejects, where one is wanted. What cannot be written is an exception with a sentence.</summary>
    public ImportReport(Stream source, string? rejectsPath, bool isJson)
    {
        this.isJson = isJson;
        progress = new WorkProgress("importing", source.CanSeek ? () => source.Length == 0 ? 1 : (double)source.Position / source.Length : null);
        file = rejectsPath is null ? null : OpenRejects(rejectsPath);
        file?.WriteLine("line,reason");
    }

    /// <summary>Runs the import and prints what came of it; answers the exit status. An import that is all or nothing leaves nothing where it fails.</summary>
    public async Task<int> RunAsync(bool allOrNothing, Func<Task<Result<Done>>> import)
    {
        try
        {
            var result = await progress.ShowAsync(import);
            imported = result.Error is null ? imported : 0;
            await PrintAsync();
            return result.Error is { } error ? Running.Fail(error.Detail) : 0;
        }
        catch
        {
            await Console.Error.WriteLineAsync(allOrNothing
                ? "The import did not come to its end; nothing was imported."
                : $"The import did not come to its end; until then {Words()}. It can be run again: who is there already is rejected.");
            throw;
        }
    }

    /// <summary>Hears what became of a line.</summary>
    public void Tell(ImportedLine line)
    {
        lines++;
        if (line.Rejection is { } reason)
        {
            rejected++;
            file?.WriteLine($"{line.Number},\"{reason.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
            if (first.Count < RejectsInJson)
            {
                first.Add(new Reject(line.Number, reason));
            }
        }
        else
        {
            imported++;
        }

        progress.Step(lines, Words);
    }

    /// <summary>Names fields that are ignored, each once: one of them may be a typing error.</summary>
    public void WarnOfUnknown(IEnumerable<string> fields)
    {
        foreach (var field in fields)
        {
            if (unknown.Count < MostWarnings && unknown.Add(field))
            {
                var name = new string([.. field.Take(LongestName).Where(character => !char.IsControl(character))]);
                progress.WriteLine(unknown.Count == MostWarnings
                    ? $"The field '{name}' is not known and is ignored; further unknown ones are not named."
                    : $"The field '{name}' is not known and is ignored.");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (file is not null)
        {
            await file.DisposeAsync();
        }
    }

    // Alone in the file: it is never the one that is being read.
    private static StreamWriter OpenRejects(string path) =>
        new(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None)) { NewLine = "\n" };

    private async Task PrintAsync()
    {
        if (isJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(new ImportSummary(lines, imported, rejected, first), ImportJson.Default.ImportSummary));
            return;
        }

        Console.WriteLine(Words());
        foreach (var reject in first.Take(RejectsInWords))
        {
            await Console.Error.WriteLineAsync($"line {reject.Line}: {reject.Reason}");
        }

        if (rejected > RejectsInWords)
        {
            await Console.Error.WriteLineAsync($"... and {Running.Number(rejected - RejectsInWords)} more{(file is null ? "; --rejects FILE writes all of them" : "")}.");
        }
    }

    private string Words() => $"{Running.Count(lines, "line")}: {Running.Number(imported)} imported, {Running.Number(rejected)} rejected";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ImportSummary))]
internal sealed partial class ImportJson : JsonSerializerContext;
