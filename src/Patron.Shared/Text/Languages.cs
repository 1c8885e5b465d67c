using System.Globalization;

namespace Patron.Shared.Text;

/// <summary>The languages that pages, mails and names in answers are written in.</summary>
public static class Languages
{
    public const string English = "en";

    // British English: day before month, 24-hour clock.
    public static IReadOnlyDictionary<string, CultureInfo> All { get; } = new Dictionary<string, CultureInfo>(
        StringComparer.OrdinalIgnoreCase)
    {
        [English] = CultureInfo.GetCultureInfo("en-GB"),
        ["de"] = CultureInfo.GetCultureInfo("de-DE"),
    };

    /// <summary>The language of this tag, whatever its region: <c>de-AT</c> is German. Null if there are no texts in it.</summary>
    public static CultureInfo? Find(string? tag) => All.GetValueOrDefault((tag ?? "").Split('-')[0]);

    /// <summary>The first of these tags whose language there are texts in, else English.</summary>
    public static CultureInfo FirstOf(params IReadOnlyList<string?> tags) =>
        tags.Select(Find).FirstOrDefault(found => found is not null) ?? All[English];
}
