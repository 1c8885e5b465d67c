using System.CommandLine;
using System.Text;
using Patron.CommandLine.Imports;
using Patron.Customers.Duplicates;

namespace Patron.CommandLine.Duplicates;

/// <summary><c>patron duplicates scan</c>: finds the duplicates in a file, without importing it and without a database.</summary>
internal static class DuplicatesScanCommand
{
    public static Command Build()
    {
        var command = new Command("scan", "Find the duplicates in a CSV file without importing it.");
        var file = new Option<string>("--file")
        {
            Description = "CSV file. Its first line names the columns.",
            HelpName = "FILE",
            Required = true,
        };
        var export = new Option<string?>("--export")
        {
            Description = "Write all pairs with their scores to this CSV file.",
            HelpName = "OUT.csv",
        };
        command.Options.Add(file);
        command.Options.Add(export);
        command.Options.Add(JsonOutput.Option);
        var format = new CsvOptions(command);
        command.SetAction((line, cancellationToken) => CommandRunner.HandleErrorsAsync(async () =>
        {
            var encoding = format.ReadEncoding(line);
            var columns = format.ReadColumns(line);
            await using var source = File.OpenRead(line.GetRequiredValue(file));
            await using var text = encoding is null
                ? source
                : Encoding.CreateTranscodingStream(source, encoding, Encoding.UTF8, leaveOpen: true);
            var records = await MatchFile.ReadAsync(text, columns, cancellationToken);
            var result = DuplicateScanner.Scan(records.Inputs, DismissedPairs.None, cancellationToken);
            if (line.GetValue(export) is { } path)
            {
                await DuplicatesExport.WriteAsync(path, result, records, cancellationToken);
            }

            new DuplicatesReport(result, records).Print(line.GetValue(JsonOutput.Option));
            return 0;
        }, cancellationToken, line.GetValue(JsonOutput.Option)));
        return command;
    }
}
