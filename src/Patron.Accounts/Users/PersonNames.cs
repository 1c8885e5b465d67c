using System.Text.RegularExpressions;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>What a person says about themselves: names, phone, a username to sign in with, and a language. Only names are required.</summary>
public sealed partial record PersonNames(string FirstName, string LastName, string? PhoneNumber, string? UserName)
{
    public const int MaxNameLength = 100;
    private const int MaxUserNameLength = 30;

    /// <summary>A tag such as <c>de</c> or <c>pt-BR</c>; null if there is none.</summary>
    public string? Language { get; init; }

    /// <summary>The name fields that most interfaces require. A person may have only one name.</summary>
    public static IReadOnlyCollection<string> Both { get; } = ["first_name", "last_name"];

    /// <summary>Adds errors to <paramref name="errors"/> and returns the normalized names.</summary>
    public PersonNames Check(FieldErrors errors, IReadOnlyCollection<string> required)
    {
        var normalized = new PersonNames(
            InvisibleCharacters.Trim(FirstName), InvisibleCharacters.Trim(LastName), TextRules.NullIfBlank(PhoneNumber),
            TextRules.NullIfBlank(UserName)) { Language = TextRules.NullIfBlank(Language) };
        CheckName("first_name", normalized.FirstName, required, errors);
        CheckName("last_name", normalized.LastName, required, errors);
        if (normalized.PhoneNumber is not null && !Shared.Text.PhoneNumber.IsValid(normalized.PhoneNumber))
        {
            errors.Add("phone_number", Shared.Text.PhoneNumber.Rule);
        }

        if (normalized.UserName is not null
            && !(normalized.UserName.Length <= 2 * MaxUserNameLength && UserNameFormat().IsMatch(Folding.Key(normalized.UserName))))
        {
            errors.Add("username", "Use 3-30 characters: letters a-z, digits, dots, hyphens, underscores.");
        }

        if (normalized.Language is null)
        {
            return normalized;
        }

        var language = LanguageTag.Normalize(normalized.Language);
        if (language is null)
        {
            errors.Add("language", LanguageTag.Rule);
        }

        return normalized with { Language = language };
    }

    /// <summary>The same with the language of the request, unless the person has one.</summary>
    public PersonNames WithDefaultLanguage(RequestOrigin origin) =>
        this with { Language = TextRules.NullIfBlank(Language) ?? origin.Language };

    /// <summary>
    /// Splits a full name at its last space; a single word is the first name (contract, 'The customer record'). If the full name equals the
    /// current names, they stay as they are, because the split could be wrong ('van').
    /// </summary>
    public PersonNames WithFullName(string fullName)
    {
        var trimmed = fullName.Trim();
        if (trimmed == $"{FirstName} {LastName}".Trim())
        {
            return this;
        }

        var space = trimmed.LastIndexOf(' ');
        return space < 0
            ? this with { FirstName = trimmed, LastName = "" }
            : this with { FirstName = trimmed[..space].TrimEnd(), LastName = trimmed[(space + 1)..] };
    }

    /// <summary>Returns those of these fields that are filled: a person with only one name is not asked for another.</summary>
    internal IReadOnlyCollection<string> Filled(IReadOnlyCollection<string> names) =>
        [.. names.Where(name => (name == "last_name" ? LastName : FirstName).Length > 0)];

    private static void CheckName(string field, string value, IReadOnlyCollection<string> required, FieldErrors errors)
    {
        if (value.Length == 0 && !required.Contains(field, StringComparer.Ordinal))
        {
            return;
        }

        if (value.Length == 0)
        {
            errors.AddRequired(field);
        }
        else if (TextRules.IsLonger(value, MaxNameLength))
        {
            errors.Add(field, $"Use at most {MaxNameLength} characters.");
        }
        else if (TextRules.Problem(value) is { } problem)
        {
            errors.Add(field, problem);
        }
    }

    [GeneratedRegex("^[a-z0-9._-]{3,30}$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex UserNameFormat();
}
