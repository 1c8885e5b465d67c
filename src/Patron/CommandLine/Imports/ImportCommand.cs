using System.CommandLine;

namespace Patron.CommandLine.Imports;

/// <summary><c>patron import</c>: imports users and customers of another system, from one file for each.</summary>
internal static class ImportCommand
{
    public static Command Build() => new("import", "Bring people along from another system.")
    {
        ImportCustomersCommand.Build(),
        ImportUsersCommand.Build(),
    };
}

/// <summary>The argument and the options of every import: the file, and how rejected lines are handled.</summary>
internal sealed class ImportOptions
{
    private readonly Argument<string> file;
    private readonly Option<bool> strict = new("--strict")
    {
        Description = "All or nothing: when one line is rejected, nothing is imported and the exit status is 1.",
    };
    private readonly Option<string?> rejects = new("--rejects")
    {
        Description = "Write every rejected line's number and the reason to this file, as CSV.",
        HelpName = "FILE",
    };
    private readonly Option<bool> json = new("--json") { Description = "Print the summary as JSON, with the first 100 rejects." };

    public ImportOptions(Command command, string fileDescription)
    {
        file = new Argument<string>("file") { Description = fileDescription };
        command.Arguments.Add(file);
        command.Options.Add(strict);
        command.Options.Add(rejects);
        command.Options.Add(json);
    }

    public bool IsStrict(ParseResult line) => line.GetValue(strict);

    /// <summary>Opens the file or standard input. If this fails, the exception's message is a sentence for the operator.</summary>
    public Stream Open(ParseResult line) => line.GetRequiredValue(file) is var path && path == "-"
        ? Console.OpenStandardInput()
        : new FileStream(path, new FileStreamOptions { Options = FileOptions.SequentialScan | FileOptions.Asynchronous });

    /// <summary>Creates the report of the import.</summary>
    public ImportReport CreateReport(ParseResult line, Stream source) => new(source, line.GetValue(rejects), line.GetValue(json));
}
