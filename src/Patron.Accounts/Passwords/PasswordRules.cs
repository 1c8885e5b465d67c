using System.Reflection;
using System.Text;
using Patron.Accounts.Users;
using Patron.Shared.Text;

namespace Patron.Accounts.Passwords;

/// <summary>
/// The password rules: 8 to 128 code points after NFKC, where several blanks count as one and invisible characters do not count; not one of the 3 000 most common; not the email address, its local part, a name or
/// the brand with at most three more characters. No composition rules (contract, 'accounts').
/// </summary>
public static class PasswordRules
{
    public const int MinLength = 8;
    public const int MaxLength = 128;
    private const int CommonPasswordCount = 3_000;
    private const int MaxAddedCharacters = 3;
    private static readonly string TooLong = $"Use at most {MaxLength} characters.";

    private static readonly Lazy<IReadOnlySet<string>> Common = new(LoadCommon);

    /// <summary>Whether it is too long in any case. Check this before normalizing or hashing, whose time grows with the length.</summary>
    public static bool IsTooLong(string password) => password.Length > 2 * MaxLength;

    /// <summary>The normalized form, which is checked and hashed.</summary>
    public static string Normalize(string password) => Folding.Compatible(password);

    /// <summary>Returns why the password is refused, as a sentence, or null.</summary>
    public static string? Refusal(string password, string? email, PersonNames? names, string brand)
    {
        if (IsTooLong(password))
        {
            return TooLong;
        }

        var normalized = Normalize(password);
        var folded = Folding.Key(password);
        return TextRules.Length(normalized) switch
        {
            > MaxLength => TooLong,
            _ when VisibleLength(normalized) < MinLength => $"Use at least {MinLength} characters.",
            _ when Common.Value.Contains(folded) =>
                "This password is too common. Choose a different one.",
            _ when Words(email, names, brand).Any(word => IsWordWithAdditions(folded, word)) =>
                "Don't use your email address, your name or our name as your password.",
            _ => null,
        };
    }

    private static int VisibleLength(string password)
    {
        var length = 0;
        var wasBlank = false;
        foreach (var rune in password.EnumerateRunes().Where(rune => !InvisibleCharacters.IsInvisible(rune)))
        {
            var isBlank = Rune.IsWhiteSpace(rune) || Rune.IsControl(rune);
            length += isBlank && wasBlank ? 0 : 1;
            wasBlank = isBlank;
        }

        return length;
    }

    private static IEnumerable<string> Words(string? email, PersonNames? names, string brand)
    {
        var words = new[]
        {
            email, email?.Split('@')[0], names?.FirstName, names?.LastName, names?.UserName,
            names is null ? null : names.FirstName + names.LastName, names is null ? null : $"{names.FirstName} {names.LastName}", brand,
        };
        return words.Where(word => !string.IsNullOrWhiteSpace(word)).Select(word => Folding.Key(word!));
    }

    private static bool IsWordWithAdditions(string password, string word) =>
        password.Length >= word.Length && password.Length - word.Length <= MaxAddedCharacters
        && (password.StartsWith(word, StringComparison.Ordinal) || password.EndsWith(word, StringComparison.Ordinal));

    // The list is part of the zxcvbn library, most common first.
    private static HashSet<string> LoadCommon()
    {
        var assembly = typeof(Zxcvbn.Zxcvbn).Assembly;
        var resource = assembly.GetManifestResourceNames().Single(name => name.EndsWith("passwords.lst", StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        var common = new HashSet<string>(CommonPasswordCount, StringComparer.Ordinal);
        while (common.Count < CommonPasswordCount && reader.ReadLine() is { } line)
        {
            common.Add(Folding.Key(line));
        }

        return common;
    }
}
