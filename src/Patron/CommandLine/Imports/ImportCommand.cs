using System.CommandLine;
using System.IO.Pipelines;

namespace Patron.CommandLine.Imports;

/// <summary><c>patron import</c>: imports users and customers of another system, from one file for each.</summary>
internal static class ImportCommand
{
    public static Command Build() => new("import", "Import customers and accounts.")
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
        Description = "Import nothing if a line is rejected.",
    };
    private readonly Option<string?> rejects = new("--rejects")
    {
        Description = "Write rejected lines with the reasons to this file, to be corrected and imported again.",
        HelpName = "FILE",
    };

    public ImportOptions(Command command, string fileDescription)
    {
        file = new Argument<string>("file") { Description = fileDescription };
        command.Arguments.Add(file);
        command.Options.Add(strict);
        command.Options.Add(rejects);
        command.Options.Add(JsonOutput.Option);
    }

    public bool IsStrict(ParseResult line) => line.GetValue(strict);

    /// <summary>The file's path; null for standard input.</summary>
    public string? FileName(ParseResult line) => line.GetRequiredValue(file) is var path && path == "-" ? null : path;

    /// <summary>Opens the file or standard input. If this fails, the exception's message is a sentence for the operator.</summary>
    public Stream Open(ParseResult line) => line.GetRequiredValue(file) is var path && path == "-"
        ? OpenStandardInput()
        : new FileStream(path, new FileStreamOptions { Options = FileOptions.SequentialScan | FileOptions.Asynchronous });

    // A read of the console cannot be cancelled: Ctrl+C would wait for its end. A read of a pipe can.
    private static Stream OpenStandardInput()
    {
        var pipe = new Pipe();
        _ = Task.Run(async () =>
        {
            IOException? failure = null;
            try
            {
                await using var input = Console.OpenStandardInput();
                await input.CopyToAsync(pipe.Writer);
            }
            catch (IOException exception)
            {
                failure = exception; // The reader gets it.
            }

            await pipe.Writer.CompleteAsync(failure);
        });
        return pipe.Reader.AsStream();
    }

    /// <summary>Creates the report of the import.</summary>
    public ImportReport CreateReport(ParseResult line, Stream source) => new(source, line.GetValue(rejects), line.GetValue(JsonOutput.Option));
}
