using System.CommandLine;
using System.Diagnostics;
using System.Text;
using Patron.CommandLine.Imports;
using Patron.Customers.Duplicates;
using Patron.Customers.Matching;
using Patron.Shared;

namespace Patron.CommandLine.Duplicates;

/// <summary>A scan as <c>--json</c> prints it.</summary>
internal sealed record ScanSummary(long Records, long Pairs, long Clusters, double Seconds);

/// <summary>
/// <c>patron duplicates scan</c>: compares all customers of the home organization with each other or, with <c>--file</c>, the records of a
/// file, without a database and without importing them.
/// </summary>
internal static class ScanCommand
{
    private const int MaxLines = 5; // Of each reason.

    private static readonly Option<string?> InputFile = new("--file")
    {
        Description = "Compare the records of this CSV file instead, without importing them. Its first line names the columns.",
        HelpName = "FILE",
    };
    private static readonly Option<string?> Export = new("--export")
    {
        Description = "With --file: write all pairs with their scores to this CSV file.",
        HelpName = "OUT.csv",
    };

    public static Command Build()
    {
        var command = new Command(
            "scan",
            "Compare all customers of the home organization with each other. Servers do it after imports, and compare new and changed customers by themselves.")
        {
            InputFile, Export, JsonOutput.Option,
        };
        var format = new CsvOptions(command);
        command.Validators.Add(line =>
        {
            if (line.GetValue(Export) is not null && line.GetValue(InputFile) is null)
            {
                line.AddError("--export needs --file. For customers of Patron, use 'patron duplicates export FILE.csv'.");
            }
        });
        var common = new CommonOptions(command);
        command.SetAction((line, cancellationToken) => line.GetValue(InputFile) is { } path
            ? CommandRunner.HandleErrorsAsync(
                () => ScanFileAsync(path, format, line, cancellationToken), cancellationToken, line.GetValue(JsonOutput.Option))
            : CommandRunner.RunAsync(line, common, [ProcessRole.All], ScanCustomersAsync, cancellationToken));
        return command;
    }

    private static async Task<int> ScanFileAsync(string path, CsvOptions format, ParseResult line, CancellationToken cancellationToken)
    {
        var encoding = format.ReadEncoding(line);
        await using var source = File.OpenRead(path);
        await using var text = encoding is null ? source : Encoding.CreateTranscodingStream(source, encoding, Encoding.UTF8, leaveOpen: true);
        var records = await MatchFile.ReadAsync(text, format.ReadColumns(line), cancellationToken);
        ReportUnknown(records.UnknownColumns);
        ReportSkipped(records.Skipped);
        var result = DuplicateScanner.Scan(records.Inputs, DismissedPairs.None, cancellationToken);
        if (line.GetValue(Export) is { } export)
        {
            await using var file = DuplicateCsv.Create(export);
            foreach (var pair in result.Pairs.OrderByDescending(pair => pair.Probability))
            {
                await file.WriteAsync(new DuplicateRow(
                    records.NameOf(pair.Left), records.NameOf(pair.Right), records.ReferenceOf(pair.Left), records.ReferenceOf(pair.Right),
                    pair.Probability, pair.Cluster, result.ReasonsOf(pair)));
            }
        }

        new DuplicatesReport(result, records).Print(line.GetValue(JsonOutput.Option));
        return 0;
    }

    private static void ReportUnknown(IReadOnlyList<string> columns)
    {
        if (columns.Count > 0)
        {
            Console.Error.WriteLine(
                $"Not compared, because no field has this name: {string.Join(", ", columns.Select(CommandOutput.OneLine))}. Use --map COLUMN=FIELD to compare them, or --ignore COLUMN to leave them out.");
        }
    }

    private static void ReportSkipped(IReadOnlyList<SkippedRecord> skipped)
    {
        if (skipped.Count == 0)
        {
            return;
        }

        Console.Error.WriteLine($"{CommandOutput.Count(skipped.Count, "record")} couldn't be read and won't be compared:");
        foreach (var reason in skipped.GroupBy(record => record.Reason, StringComparer.Ordinal))
        {
            var lines = string.Join(", ", reason.Take(MaxLines).Select(record => record.Line));
            var more = reason.Count() > MaxLines ? $" and {reason.Count() - MaxLines} more" : "";
            Console.Error.WriteLine($"   {reason.Key}: line {lines}{more}");
        }
    }

    private static async Task<int> ScanCustomersAsync(ParseResult line, CommandContext context, CancellationToken cancellationToken)
    {
        var json = line.GetValue(JsonOutput.Option);
        var watch = Stopwatch.StartNew();
        var scanned = await context.Get<ScanDuplicates>().HandleAsync(
            context.Caller, Environment.ProcessorCount, phase => Console.Error.WriteLine(Describe(phase)), cancellationToken);
        if (!scanned.Succeeded(out var scan, out var refused))
        {
            return JsonOutput.Fail(json, refused.Sentence);
        }

        if (json)
        {
            JsonOutput.Print(new ScanSummary(scan.Records, scan.Pairs, scan.Clusters, Math.Round(watch.Elapsed.TotalSeconds, 1)));
            return 0;
        }

        Console.WriteLine(
            $"{CommandOutput.Count(scan.Records, "customer")}: {CommandOutput.Count(scan.Clusters, "group")} that are probably one each, {CommandOutput.Count(scan.Pairs, "pair")} in all.");
        Console.WriteLine("'patron duplicates export FILE.csv' writes the pairs to a file. GET /api/v1/duplicates/ lists them.");
        return 0;
    }

    private static string Describe(ScanPhase phase) => phase switch
    {
        ScanPhase.Reading => "Reading customers ...",
        ScanPhase.Comparing => "Comparing ...",
        _ => "Storing pairs ...",
    };
}
