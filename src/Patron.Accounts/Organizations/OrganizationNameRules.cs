using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Organizations;

/// <summary>The rule for an organization's name: 1 to 255 characters, on one line.</summary>
internal static class OrganizationNameRules
{
    private const int MaxLength = 255;

    public static string Normalize(string name) => InvisibleCharacters.Trim(name);

    /// <summary>Returns the error of an invalid name for this field, or null.</summary>
    public static Error? Refusal(string? name, string field)
    {
        if (TextRules.NullIfBlank(name) is not { } text)
        {
            return Error.Required(field);
        }

        if (TextRules.IsLonger(text, MaxLength))
        {
            return Error.Invalid(field, $"Use at most {MaxLength} characters.");
        }

        return TextRules.Problem(text) is { } problem ? Error.Invalid(field, problem) : null;
    }
}
