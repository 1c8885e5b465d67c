using System.CommandLine;
using Patron.Customers.Duplicates;
using Patron.Shared;

namespace Patron.CommandLine.Duplicates;

/// <summary><c>patron duplicates export</c>: writes all open pairs to a CSV file.</summary>
internal static class ExportCommand
{
    private static readonly Argument<string> File = new("FILE")
    {
        Description = "CSV file to write, or - for standard output. Only you can read it, because reasons contain values of customers.",
    };

    public static Command Build()
    {
        var command = new Command("export", "Write all pairs to a CSV file, the most probable first.") { File };
        command.RunsOn(new CommonOptions(command), [ProcessRole.All], ExportAsync);
        return command;
    }

    private static async Task<int> ExportAsync(ParseResult line, CommandContext context, CancellationToken cancellationToken)
    {
        var path = line.GetRequiredValue(File);
        try
        {
            await using var file = DuplicateCsv.Create(path);
            var exported = await context.Get<ExportDuplicates>().HandleAsync(context.Caller, WriteAsync, cancellationToken);
            if (!exported.Succeeded(out var pairs, out var refused))
            {
                return CommandOutput.Fail(refused.Sentence);
            }

            Console.Error.WriteLine($"{CommandOutput.Count(pairs, "pair")} written to {(path == "-" ? "standard output" : path)}.");
            return 0;

            Task WriteAsync(ShownDuplicate shown, CancellationToken _) => file.WriteAsync(new DuplicateRow(
                shown.CustomerA.CustomerId, shown.CustomerB.CustomerId, shown.CustomerA.Reference, shown.CustomerB.Reference, shown.Pair.Score,
                shown.Pair.Cluster, shown.Reasons));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return CommandOutput.Fail($"{path} can't be written: {failure.Message}");
        }
    }
}
