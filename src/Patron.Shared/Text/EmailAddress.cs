using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Patron.Shared.Results;

namespace Patron.Shared.Text;

/// <summary>
/// An email address as written, and the key for comparisons: the folded local part and the domain in its ASCII form (IDNA), so that all
/// spellings of a domain are equal. At most 254 characters (RFC 5321).
/// </summary>
public sealed record EmailAddress(string Text, string Key)
{
    public const int MaxLength = 254;

    private const string EncodedLabel = "xn--";
    private const char IdeographicFullStop = '\u3002';

    private static readonly IdnMapping Domains = new() { UseStd3AsciiRules = true };

    /// <summary>The error message for a text that is not an address.</summary>
    public static string Rule(string? text) =>
        string.IsNullOrWhiteSpace(text) ? FieldErrors.Required : "Must be an email address like name@example.com.";

    /// <summary>
    /// Parses a bare address: one <c>@</c>, a local part of up to 64 characters and a domain with a dot. Display names and invisible
    /// characters are refused.
    /// </summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out EmailAddress? address)
    {
        address = null;
        if (text is null || text.Length > InputText.MaxLength
            || InvisibleCharacters.Trim(text) is not { Length: > 0 and <= MaxLength } trimmed || !HasValidForm(trimmed))
        {
            return false;
        }

        // The form is checked again, because folding turns a full-width '＠' into a second '@'.
        var folded = Folding.Key(trimmed);
        var at = folded.LastIndexOf('@');
        if (!HasValidForm(folded) || ToAscii(folded[(at + 1)..]) is not { } domain || !IsDotted(folded[..at]) || !IsDomain(domain))
        {
            return false;
        }

        address = new EmailAddress(trimmed, $"{folded[..at]}@{domain}");
        return address.Key.Length <= MaxLength;
    }

    /// <summary>The key of a text that was accepted as an address before, whatever the rules are now.</summary>
    public static string KeyOf(string text) => TryParse(text, out var address) ? address.Key : Folding.Key(text);

    /// <summary>The address for somebody who may recognize but not learn it: <c>l***@e***.com</c>.</summary>
    public static string Mask(string address)
    {
        var at = address.LastIndexOf('@');
        var dot = address.LastIndexOf('.');
        return $"{FirstOf(address)}***@{FirstOf(address[(at + 1)..])}***{address[dot..]}";
    }

    private static Rune FirstOf(string text) => text.EnumerateRunes().First();

    /// <summary>
    /// The key in its form before domains were converted to ASCII. Hashes of erased addresses may have been computed from it.
    /// </summary>
    public static string FormerKey(string key)
    {
        var at = key.LastIndexOf('@');
        return key.Contains(EncodedLabel, StringComparison.Ordinal) ? $"{key[..at]}@{Domains.GetUnicode(key[(at + 1)..])}" : key;
    }

    private static bool HasValidForm(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at is < 1 or > 64 || at != text.LastIndexOf('@') || text.Length > MaxLength
            || InputText.Problem(text) is not null || InvisibleCharacters.AreIn(text))
        {
            return false;
        }

        foreach (var character in text)
        {
            if (char.IsWhiteSpace(character) || char.IsControl(character)
                || "\"(),:;<>[\\]\uFFFD".Contains(character, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return IsDotted(text[..at]);
    }

    // Null if the domain is invalid.
    private static string? ToAscii(string domain)
    {
        if (Ascii.IsValid(domain) && !domain.Contains(EncodedLabel, StringComparison.Ordinal))
        {
            return domain;
        }

        try
        {
            return Domains.GetAscii(domain.Replace(IdeographicFullStop, '.')).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static bool IsDotted(string part) =>
        part.Length > 0 && part[0] != '.' && part[^1] != '.' && !part.Contains("..", StringComparison.Ordinal);

    private static bool IsDomain(string domain) =>
        domain.Contains('.', StringComparison.Ordinal)
        && domain.Split('.').All(label => label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-'
            && label.All(character => char.IsAsciiLetterOrDigit(character) || character == '-'));
}
