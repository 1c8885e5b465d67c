using Patron.Shared.Text;

namespace Patron.Customers.Customers;

/// <summary>The rules of single fields: each returns what is wrong with a value, or null.</summary>
internal static class CustomerRules
{
    /// <summary>An older birth date is a typing error.</summary>
    private const int MaxAge = 150;
    private const int MaxPreferencesLength = 8192;

    public const string PreferencesRule = "Must be an object without NUL characters and endless numbers.";

    public static string? Text(string text, int max, bool severalLines = false) =>
        TextRules.IsLonger(text, max) ? $"Use at most {max} characters." : TextRules.Problem(text, severalLines);

    public static string? Email(string text) =>
        Text(text, EmailAddress.MaxLength)
            ?? (EmailAddress.TryParse(text, out _) ? null : "Must be an email address like name@example.com.");

    public static string? Phone(string text) => Text(text, PhoneNumber.MaxLength) ?? (PhoneNumber.IsValid(text) ? null : PhoneNumber.Rule);

    public static string? Website(string text) =>
        Text(text, max: 255) ?? (WebAddress.IsValid(text) ? null : WebAddress.Rule);

    public static string? BirthDate(DateOnly date, DateOnly today)
    {
        if (date > today)
        {
            return "The date of birth can't be in the future.";
        }

        return date < today.AddYears(-MaxAge) ? $"The date of birth can't be more than {MaxAge} years ago." : null;
    }

    public static string? Tags(IReadOnlyList<string> tags) => Text(string.Join(',', tags), CustomerTags.MaxLength);

    public static string? Preferences(JsonText json) =>
        json.Text.Length > MaxPreferencesLength ? $"Use at most {MaxPreferencesLength} characters of JSON."
        : json.Problem();
}
