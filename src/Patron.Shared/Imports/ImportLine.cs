using Patron.Shared.Results;

namespace Patron.Shared.Imports;

/// <summary>What every import answers alike.</summary>
public static class ImportRefusals
{
    /// <summary>It was to be all or nothing, and a line was rejected.</summary>
    public static readonly Error NotEveryLine = Error.Rule("Nothing was imported, because not every line could be.");

    /// <summary>Why a line was rejected that no rule rejects.</summary>
    public static string Unexpected(Exception bug) => $"Something unexpected went wrong with this line ({bug.GetType().Name}); the log says more. Please report it.";
}

/// <summary>A line of a file that is imported: what it says, or why it says nothing usable. Lines are counted from 1.</summary>
public sealed record ImportLine<T>(long Number, Result<T> Content);

/// <summary>What became of a line: <see cref="Rejection"/> is the sentence why it was not imported, null when it was.</summary>
public sealed record ImportedLine(long Number, string? Rejection);
