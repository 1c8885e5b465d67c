using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;

namespace Patron.Portal.Texts;

/// <summary>
/// The portal's texts in one language, from the resource files in this folder. The language is a parameter: the culture of the process is
/// invariant.
/// </summary>
internal sealed partial class PortalTexts(CultureInfo culture)
{
    private static readonly ResourceManager TextFiles = new("Patron.Portal.Texts.Words", typeof(PortalTexts).Assembly);
    private static readonly ResourceManager SentenceFiles = new("Patron.Portal.Texts.Sentences", typeof(PortalTexts).Assembly);

    public CultureInfo Culture => culture;

    /// <summary>Returns the text of this name. A missing text is a bug.</summary>
    public string T(string name) => Find(name) ?? throw new MissingManifestResourceException($"There is no text '{name}'.");

    /// <summary>Returns the text with formatted values.</summary>
    public string T(string name, params object?[] values) => string.Format(culture, T(name), values);

    /// <summary>Returns the text of this name, or null.</summary>
    public string? Find(string name) => TextFiles.GetString(name, culture);

    /// <summary>
    /// Translates a sentence of a use case. The English sentence, with placeholders for numbers, is the key of its translation. A sentence
    /// without a translation stays in English.
    /// </summary>
    public string Sentence(string english)
    {
        var numbers = new List<object>();
        var form = Numbers().Replace(english, number =>
        {
            numbers.Add(number.Value);
            return $"{{{numbers.Count - 1}}}";
        });
        return SentenceFiles.GetString(form, culture) is { } translated
            ? string.Format(CultureInfo.InvariantCulture, translated, [.. numbers])
            : english;
    }

    [GeneratedRegex("[0-9]+", RegexOptions.NonBacktracking)]
    private static partial Regex Numbers();
}
