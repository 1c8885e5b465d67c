using Patron.Accounts.Users;

namespace Patron.Dialects.Tradeline;

/// <summary>
/// A person's name in one field, as source 1 has it, split at its last space; one word is a first name (contract, 'The customer
/// record'). What the core says about its parts goes back under the names used here.
/// </summary>
internal static class FullNames
{
    public static readonly IReadOnlyDictionary<string, string> FieldNames = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["first_name"] = "full_name",
        ["last_name"] = "full_name",
        ["phone_number"] = "phone",
    };

    /// <summary>The names with this full name. One that says what they say already leaves them as they are: who is to know where 'van' belongs.</summary>
    public static AccountNames WithFullName(this AccountNames names, string fullName)
    {
        var trimmed = fullName.Trim();
        if (trimmed == $"{names.FirstName} {names.LastName}".Trim())
        {
            return names;
        }

        var space = trimmed.LastIndexOf(' ');
        return space < 0
            ? names with { FirstName = trimmed, LastName = "" }
            : names with { FirstName = trimmed[..space].TrimEnd(), LastName = trimmed[(space + 1)..] };
    }
}
