using System.Diagnostics.CodeAnalysis;
using Patron.Shared.Results;

namespace Patron.Shared.Text;

/// <summary>An e-mail address as given and the key it is compared by. At most 254 characters (RFC 5321).</summary>
public sealed record EmailAddress(string Text, string Key)
{
    public const int MaxLength = 254;

    /// <summary>What to tell somebody whose text is not an address.</summary>
    public static string Rule(string? text) =>
        string.IsNullOrWhiteSpace(text) ? FieldErrors.Required : "This is not an e-mail address; it should look like name@example.com.";

    /// <summary>Reads a bare address: one <c>@</c>, a local part up to 64 characters, a domain with a dot. No display names.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out EmailAddress? address)
    {
        address = null;
        var trimmed = text?.Trim();
        if (string.IsNullOrEmpty(trimmed) || trimmed.Length > MaxLength)
        {
            return false;
        }

        var key = Folding.Key(trimmed);
        if (!IsWellFormed(trimmed) || !IsWellFormed(key))
        {
            return false;
        }

        address = new EmailAddress(trimmed, key);
        return true;
    }

    // Both spellings are checked: a full-width '＠' becomes a second '@' only in the key.
    private static bool IsWellFormed(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at is < 1 or > 64 || at != text.LastIndexOf('@') || text.Length > MaxLength || GivenText.Problem(text) is not null)
        {
            return false;
        }

        foreach (var character in text)
        {
            if (char.IsWhiteSpace(character) || char.IsControl(character) || "\"(),:;<>[\\]\uFFFD".Contains(character, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return IsDotted(text[..at]) && IsDomain(text[(at + 1)..]);
    }

    private static bool IsDotted(string part) =>
        part.Length > 0 && part[0] != '.' && part[^1] != '.' && !part.Contains("..", StringComparison.Ordinal);

    private static bool IsDomain(string domain) =>
        domain.Contains('.', StringComparison.Ordinal)
        && domain.Split('.').All(label => label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-'
            && label.All(character => char.IsLetterOrDigit(character) || character == '-' || character > 127));
}
