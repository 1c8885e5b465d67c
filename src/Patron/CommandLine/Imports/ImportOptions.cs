using System.CommandLine;

namespace Patron.CommandLine.Imports;

/// <summary>What every import takes: a file of lines, and what to do with those that are rejected.</summary>
internal sealed class ImportOptions
{
    private readonly Argument<string> file;
    private readonly Option<bool> strict = new("--strict") { Description = "All or nothing: when one line is rejected, nothing is imported and the exit status is 1." };
    private readonly Option<string?> rejects = new("--rejects") { Description = "Write every rejected line's number and the reason to this file, as CSV.", HelpName = "FILE" };
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

    /// <summary>The lines' source. What cannot be opened is an exception with a sentence.</summary>
    public Stream Open(ParseResult line) => line.GetRequiredValue(file) is var path && path == "-"
        ? Console.OpenStandardInput()
        : new FileStream(path, new FileStreamOptions { Options = FileOptions.SequentialScan | FileOptions.Asynchronous });

    /// <summary>The report of an import that begins now.</summary>
    public ImportReport Report(ParseResult line, Stream source) => new(source, line.GetValue(rejects), line.GetValue(json));
}
