using Patron.Shared.Imports;
using Patron.Shared.Results;

namespace Patron.CommandLine.Imports;

/// <summary>A rejected line and the reason.</summary>
internal sealed record Reject(long Line, string Reason);

/// <summary>The result of an import, as <c>--json</c> prints it. It contains only the first rejects.</summary>
internal sealed record ImportSummary(long Lines, long Imported, long Rejected, IReadOnlyList<Reject> Rejects);

/// <summary>
/// Counts the outcomes of an import's lines and prints them: progress, warnings and the first rejects on standard error, the summary on
/// standard output and every reject in a file. Only that file contains the content of lines.
/// </summary>
internal sealed class ImportReport : IAsyncDisposable
{
    private const int MaxPrintedRejects = 20;
    private const int MaxJsonRejects = 100;
    private const int MaxWarnings = 20;
    private const int MaxNameLength = 64;

    private readonly HashSet<string> unknownFields = new(StringComparer.Ordinal);
    private readonly List<Reject> firstRejects = [];
    private readonly WorkProgress progress;
    private readonly RejectsFile? file;
    private readonly bool isJson;
    private long lines;
    private long imported;
    private long rejected;

    /// <summary>
    /// Opens the file of rejects, if one was requested. If it cannot be written, the exception's message is a sentence for the operator.
    /// </summary>
    public ImportReport(Stream source, string? rejectsPath, bool isJson)
    {
        this.isJson = isJson;
        progress = new WorkProgress("importing", source.CanSeek ? () => ReadShare(source) : null);
        file = rejectsPath is null ? null : new RejectsFile(rejectsPath);
    }

    private static double ReadShare(Stream source) => source.Length == 0 ? 1 : (double)source.Position / source.Length;

    /// <summary>Runs the import, prints the result and returns the exit status. A failed all-or-nothing import imports nothing.</summary>
    public async Task<int> RunAsync(bool allOrNothing, Func<Task<Result<Unit>>> import)
    {
        try
        {
            var result = await progress.ShowAsync(import);
            imported = result.Error is null ? imported : 0;
            await PrintAsync();
            return result.Error is { } error ? CommandOutput.Fail(error.Detail) : CommandOutput.StatusOf(imported, rejected);
        }
        catch
        {
            await Console.Error.WriteLineAsync(allOrNothing
                ? "Import failed; nothing was imported."
                : $"Import failed after {Summarize()}. You can run it again: existing accounts are rejected.");
            throw;
        }
    }

    /// <summary>Passes the first line of a CSV file on to the file of rejects.</summary>
    public Action<ReadOnlyMemory<byte>>? ReportHeader => file is null ? null : file.WriteHeader;

    /// <summary>Adds the outcome of a line.</summary>
    public void Add(ImportedLine line)
    {
        lines++;
        if (line.Rejection is { } reason)
        {
            rejected++;
            file?.Write(line, reason);
            if (firstRejects.Count < MaxJsonRejects)
            {
                firstRejects.Add(new Reject(line.Number, reason));
            }
        }
        else
        {
            imported++;
        }

        progress.Report(lines, Summarize);
    }

    /// <summary>Prints a warning for each ignored field once, because it can be a typing error.</summary>
    public void WarnOfUnknown(IEnumerable<string> fields)
    {
        foreach (var field in fields)
        {
            if (unknownFields.Count < MaxWarnings && unknownFields.Add(field))
            {
                var name = new string([.. field.Take(MaxNameLength).Where(character => !char.IsControl(character))]);
                progress.WriteLine(unknownFields.Count == MaxWarnings
                    ? $"The field '{name}' is unknown and is ignored. Other unknown fields aren't listed."
                    : $"The field '{name}' is unknown and is ignored.");
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

    private async Task PrintAsync()
    {
        if (isJson)
        {
            JsonOutput.Print(new ImportSummary(lines, imported, rejected, firstRejects));
            return;
        }

        Console.WriteLine(Summarize());
        foreach (var reject in firstRejects.Take(MaxPrintedRejects))
        {
            await Console.Error.WriteLineAsync($"line {reject.Line}: {reject.Reason}");
        }

        if (rejected > MaxPrintedRejects)
        {
            await Console.Error.WriteLineAsync(
                $"... and {CommandOutput.Number(rejected - MaxPrintedRejects)} more{(file is null ? ". --rejects FILE lists them all" : "")}.");
        }
    }

    private string Summarize() =>
        $"{CommandOutput.Count(lines, "line")}: {CommandOutput.Number(imported)} imported, {CommandOutput.Number(rejected)} rejected";
}
