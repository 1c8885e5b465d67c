using Patron.Shared.Results;

namespace Patron.Shared.Imports;

/// <summary>A line of a file that is imported: what it says, or why it says nothing usable. Lines are counted from 1.</summary>
public sealed record ImportLine<T>(long Number, Result<T> Content);

/// <summary>What became of a line: <see cref="Rejection"/> is the sentence why it was not imported, null when it was.</summary>
public sealed record ImportedLine(long Number, string? Rejection);
