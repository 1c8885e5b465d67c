namespace Patron.CommandHost;

/// <summary>A command line, and the settings that only it has as environment variables.</summary>
public sealed record CommandRequest(string[] Arguments, IReadOnlyDictionary<string, string?> Settings);

/// <summary>The exit status and what was printed.</summary>
public sealed record CommandResponse(int Status, string Output, string Errors);
