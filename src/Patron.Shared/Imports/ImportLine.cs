using Patron.Shared.Results;

namespace Patron.Shared.Imports;

/// <summary>Errors that all imports share.</summary>
public static class ImportRefusals
{
    /// <summary>The import was all or nothing, and a line was rejected.</summary>
    public static readonly Error NotEveryLine = Error.Rule(
        "line_invalid", "Nothing was imported, because not every line could be imported.");

    /// <summary>The reason for a line that failed with an unexpected exception.</summary>
    public static string Unexpected(Exception exception) =>
        $"Something unexpected went wrong with this line ({exception.GetType().Name}); the log says more. Please report it.";
}

/// <summary>A line of an imported file: its content, or the error why it cannot be read. Lines are counted from 1.</summary>
public sealed record ImportLine<T>(long Number, Result<T> Content)
{
    /// <summary>The bytes of the line, if the caller wants to write rejected lines to a file; empty for one that is too long.</summary>
    public ReadOnlyMemory<byte> Raw { get; init; }
}

/// <summary>The outcome of a line: <see cref="Rejection"/> is the reason why it was not imported, or null when it was.</summary>
public sealed record ImportedLine(long Number, string? Rejection)
{
    public ReadOnlyMemory<byte> Raw { get; init; }
}
