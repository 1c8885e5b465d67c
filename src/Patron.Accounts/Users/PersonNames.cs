using System.Text.RegularExpressions;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>What a person may say about themselves: names, phone, and a user name to sign in with (null unless wanted).</summary>
public sealed partial record PersonNames(string FirstName, string LastName, string? PhoneNumber, string? UserName)
{
    public const int MaxNameLength = 100;
    private const int MaxUserNameLength = 30;

    /// <summary>The names of a person, as most interfaces want them; somebody may have only one.</summary>
    public static IReadOnlyCollection<string> Both { get; } = ["first_name", "last_name"];

    /// <summary>Adds what is wrong to <paramref name="errors"/> and answers the names tidied up.</summary>
    public PersonNames Check(FieldErrors errors, IReadOnlyCollection<string> required)
    {
        var tidy = new PersonNames(
            InvisibleCharacters.Trim(FirstName), InvisibleCharacters.Trim(LastName), TextRules.NullIfBlank(PhoneNumber), TextRules.NullIfBlank(UserName));
        CheckName("first_name", tidy.FirstName, required, errors);
        CheckName("last_name", tidy.LastName, required, errors);
        if (tidy.PhoneNumber is not null && !Shared.Text.PhoneNumber.IsValid(tidy.PhoneNumber))
        {
            errors.Add("phone_number", Shared.Text.PhoneNumber.Rule);
        }

        if (tidy.UserName is not null && !(tidy.UserName.Length <= 2 * MaxUserNameLength && UserNameForm().IsMatch(Folding.Key(tidy.UserName))))
        {
            errors.Add("username", "A user name has 3 to 30 of the letters a-z, digits, dot, hyphen and underscore.");
        }

        return tidy;
    }

    /// <summary>
    /// The names with this full name, split at its last space; one word is a first name (contract, 'The customer record'). One that says what
    /// they say already leaves them as they are: who is to know where 'van' belongs.
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

    /// <summary>Of the given names those that are filled: who has only one is not asked for another.</summary>
    internal IReadOnlyCollection<string> Among(IReadOnlyCollection<string> names) =>
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
            errors.Add(field, $"At most {MaxNameLength} characters.");
        }
        else if (TextRules.Problem(value) is { } problem)
        {
            errors.Add(field, problem);
        }
    }

    [GeneratedRegex("^[a-z0-9._-]{3,30}$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex UserNameForm();
}
