using System.Text.RegularExpressions;

namespace Patron.Shared.Text;

/// <summary>
/// A language tag such as <c>de</c> or <c>pt-BR</c> (RFC 5646, BCP 47): a language, optionally a script, a region and variants. Other parts
/// of the standard, such as extensions, say nothing about the language of a text and are refused.
/// </summary>
public static partial class LanguageTag
{
    /// <summary>In characters, the length that RFC 5646, 4.4.1 asks for.</summary>
    public const int MaxLength = 35;

    public const string Rule = "Must be a language tag such as de or pt-BR.";

    /// <summary>The tag in the usual case (<c>pt-BR</c>); null if it is not one.</summary>
    public static string? Normalize(string text)
    {
        if (text.Length > MaxLength || Format().Match(text) is not { Success: true } match)
        {
            return null;
        }

        var script = match.Groups["script"].Value.ToLowerInvariant();
        var parts = new[]
        {
            match.Groups["language"].Value.ToLowerInvariant(),
            script.Length == 0 ? "" : char.ToUpperInvariant(script[0]) + script[1..],
            match.Groups["region"].Value.ToUpperInvariant(),
            match.Groups["variants"].Value.TrimStart('-').ToLowerInvariant(),
        };
        return string.Join('-', parts.Where(part => part.Length > 0));
    }

    [GeneratedRegex(
        "^(?<language>[a-z]{2,3})(-(?<script>[a-z]{4}))?(-(?<region>[a-z]{2}|[0-9]{3}))?(?<variants>(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Format();
}
