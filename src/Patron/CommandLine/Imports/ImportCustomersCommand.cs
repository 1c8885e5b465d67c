using System.CommandLine;
using System.Text;
using Patron.Customers.Import;
using Patron.Shared;

namespace Patron.CommandLine.Imports;

/// <summary><c>patron import customers</c>: imports customer records from CSV into the home organization.</summary>
internal static class ImportCustomersCommand
{
    public static Command Build()
    {
        var command = new Command(
            "customers",
            "Import customers from CSV into the home organization. The first line names the columns like the fields of the API. It's one transaction: if it fails, nothing is imported.");
        var options = new ImportOptions(command, "CSV file, or - for standard input.");
        var format = new CsvOptions(command);
        command.RunsOn(new CommonOptions(command), [ProcessRole.All, ProcessRole.Customers], async (line, context, cancellationToken) =>
        {
            var names = format.ReadColumns(line);
            var encoding = format.ReadEncoding(line);
            await using var file = options.Open(line);
            await using var report = options.CreateReport(line, file);
            await using var source = encoding is null ? file : Encoding.CreateTranscodingStream(file, encoding, Encoding.UTF8, leaveOpen: true);
            return await report.RunAsync(allOrNothing: true, () => context.Get<ImportCustomers>().HandleAsync(
                context.Caller, CustomerCsv.ReadAsync(source, report.WarnOfUnknown, cancellationToken, names, report.ReportHeader), options.IsStrict(line),
                report.Add, cancellationToken, options.FileName(line)));
        });
        return command;
    }
}

/// <summary>The options that say how a CSV file is written: its encoding, and the names of its columns.</summary>
internal sealed class CsvOptions
{
    private readonly Option<string?> encoding = new("--encoding")
    {
        Description = "The file's encoding, such as windows-1252 or utf-16. [default: UTF-8]",
        HelpName = "NAME",
    };
    private readonly Option<string[]> map = new("--map")
    {
        Description = "Read a column as this field. Can be repeated.",
        HelpName = "COLUMN=FIELD",
    };
    private readonly Option<string[]> ignore = new("--ignore")
    {
        Description = "Ignore a column. Can be repeated.",
        HelpName = "COLUMN",
    };

    public CsvOptions(Command command)
    {
        command.Options.Add(encoding);
        command.Options.Add(map);
        command.Options.Add(ignore);
    }

    /// <summary>The encoding to convert from; null for UTF-8. Throws <see cref="UnreadableFileException"/> for an unknown one.</summary>
    public Encoding? ReadEncoding(ParseResult line)
    {
        if (line.GetValue(encoding) is not { } name)
        {
            return null;
        }

        try
        {
            var found = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
            return found.CodePage == Encoding.UTF8.CodePage ? null : found;
        }
        catch (ArgumentException)
        {
            throw new UnreadableFileException($"There's no encoding {name}. Use a name such as utf-8, windows-1252 or utf-16.");
        }
    }

    /// <summary>Throws <see cref="UnreadableFileException"/> for a field that does not exist.</summary>
    public CsvColumns ReadColumns(ParseResult line)
    {
        var mapped = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in line.GetValue(map) ?? [])
        {
            var equals = pair.LastIndexOf('=');
            if (equals < 1 || !CustomerCsv.Columns.Contains(pair[(equals + 1)..], StringComparer.Ordinal))
            {
                throw new UnreadableFileException(
                    $"--map {pair} must be COLUMN=FIELD, with one of these fields: {string.Join(", ", CustomerCsv.Columns)}.");
            }

            mapped[pair[..equals]] = pair[(equals + 1)..];
        }

        return new CsvColumns(mapped, line.GetValue(ignore) ?? []);
    }
}
