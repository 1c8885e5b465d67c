
namespace Patron.Portal.Components;

/// <summary>The choices for a person's gender. Records store any text; the pages offer these, and what is stored already.</summary>
internal static class Genders
{
    private static readonly string[] Offered = ["female", "male", "other", "undisclosed"];

    /// <summary>The text to show for a stored value, which may be any text.</summary>
    public static string TextOf(string stored, Func<string, string?> findText) =>
        KnownOf(stored) is { } known ? findText("gender_" + known)! : stored;

    /// <summary>Values and texts. A stored value keeps its spelling, so that saving the form unchanged changes nothing.</summary>
    public static IEnumerable<(string Value, string Text)> Choices(string? stored, Func<string, string?> findText) =>
    [
        ("", findText("not_set")!),
        .. Offered.Select(gender => (gender == KnownOf(stored) ? stored! : gender, findText("gender_" + gender)!)),
    ];

    private static string? KnownOf(string? stored) =>
        Array.Find(Offered, gender => gender.Equals(stored?.Trim(), StringComparison.OrdinalIgnoreCase));
}
