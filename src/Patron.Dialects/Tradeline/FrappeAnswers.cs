namespace Patron.Dialects.Tradeline;

/// <summary>Frappe's answer to signing in and out: where to go next, and who is there.</summary>
public sealed record FrappeHomeAnswer(string Message, string HomePage, string FullName);

/// <summary>Frappe's answer of one text: the signed-in user's e-mail.</summary>
public sealed record FrappeMessageAnswer(string Message);

/// <summary>What a command answers; only signing in and out have a home page and a name.</summary>
public sealed record FrappeCommandAnswer(string Message, string? HomePage, string? FullName);
