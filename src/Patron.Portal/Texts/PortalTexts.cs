using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;

namespace Patron.Portal.Texts;

/// <summary>The portal's words in the language of the page (<see cref="CultureInfo.CurrentUICulture"/>), from the resource files beside this one.</summary>
internal static partial class PortalTexts
{
    private static readonly ResourceManager TextFiles = new("Patron.Portal.Texts.Words", typeof(PortalTexts).Assembly);
    private static readonly ResourceManager SentenceFiles = new("Patron.Portal.Texts.Sentences", typeof(PortalTexts).Assembly);

    /// <summary>The text of this name; one that there is not is a bug.</summary>
    public static string T(string name) => Find(name) ?? throw new MissingManifestResourceException($"There is no text '{name}'.");

    /// <summary>The same, with values in their places.</summary>
    public static string T(string name, params object?[] values) => string.Format(CultureInfo.CurrentCulture, T(name), values);

    /// <summary>The text of this name, or null.</summary>
    public static string? Find(string name) => TextFiles.GetString(name, CultureInfo.CurrentUICulture);

    /// <summary>
    /// A sentence of the core in the language of the page. The English sentence itself is the name of its translation, its numbers apart;
    /// one that nobody has translated stays English: better read in English than not at all.
    /// </summary>
    public static string Sentence(string english)
    {
        var numbers = new List<object>();
        var form = Numbers().Replace(english, number =>
        {
            numbers.Add(number.Value);
            return $"{{{numbers.Count - 1}}}";
        });
        return SentenceFiles.GetString(form, CultureInfo.CurrentUICulture) is { } translated ? string.Format(CultureInfo.InvariantCulture, translated, [.. numbers]) : english;
    }

    [GeneratedRegex("[0-9]+", RegexOptions.NonBacktracking)]
    private static partial Regex Numbers();
}
