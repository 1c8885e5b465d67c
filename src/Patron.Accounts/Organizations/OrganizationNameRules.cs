using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Organizations;

/// <summary>The rule of an organization's name: 1 to 255 characters, on one line.</summary>
internal static class OrganizationNameRules
{
    private const int MaxLength = 255;

    public static string Tidy(string name) => InvisibleCharacters.Trim(name);

    /// <summary>What is wrong with the name, under the field's name; or null.</summary>
    public static Error? Refusal(string? name, string field) =>
        TextRules.NullIfBlank(name) is not { } given ? Error.Required(field)
        : TextRules.IsLonger(given, MaxLength) ? Error.Invalid(field, $"At most {MaxLength} characters.")
        : TextRules.Problem(given) is { } problem ? Error.Invalid(field, problem)
        : null;
}
