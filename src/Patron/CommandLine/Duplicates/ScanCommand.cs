using System.CommandLine;
using System.Diagnostics;
using Patron.Customers.Duplicates;
using Patron.Shared;

namespace Patron.CommandLine.Duplicates;

/// <summary>A scan as <c>--json</c> prints it.</summary>
internal sealed record ScanSummary(long Records, long Pairs, long Clusters, double Seconds);

/// <summary><c>patron duplicates scan</c>: compares all customers of the home organization with each other.</summary>
internal static class ScanCommand
{
    public static Command Build()
    {
        var command = new Command(
            "scan",
            "Compare all customers of the home organization with each other. Servers do it after imports, and compare new and changed customers by themselves.")
        {
            JsonOutput.Option,
        };
        command.RunsOn(new CommonOptions(command), [ProcessRole.All], ScanAsync);
        return command;
    }

    private static async Task<int> ScanAsync(ParseResult line, CommandContext context, CancellationToken cancellationToken)
    {
        var json = line.GetValue(JsonOutput.Option);
        var watch = Stopwatch.StartNew();
        var scanned = await context.Get<ScanDuplicates>().HandleAsync(
            context.Caller, phase => Console.Error.WriteLine(Describe(phase)), cancellationToken);
        if (!scanned.Succeeded(out var scan, out var refused))
        {
            return JsonOutput.Fail(json, refused.Sentence);
        }

        if (json)
        {
            JsonOutput.Print(new ScanSummary(scan.Records, scan.Pairs, scan.Clusters, Math.Round(watch.Elapsed.TotalSeconds, 1)));
        }
        else
        {
            Console.WriteLine(
                $"Compared {CommandOutput.Count(scan.Records, "customer")}: {CommandOutput.Count(scan.Pairs, "pair")} to look at, {CommandOutput.Count(scan.Clusters, "cluster")} that are probably one each.");
            Console.WriteLine("'patron duplicates export FILE.csv' writes them to a file. GET /api/v1/duplicates/ lists them.");
        }

        return 0;
    }

    private static string Describe(ScanPhase phase) => phase switch
    {
        ScanPhase.Reading => "Reading customers ...",
        ScanPhase.Comparing => "Comparing ...",
        _ => "Storing pairs ...",
    };
}
