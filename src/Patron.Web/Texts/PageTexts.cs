using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Patron.Web.Pages;

namespace Patron.Web.Texts;

/// <summary>
/// The texts of pages in one language, from the files of all projects with pages. The language is a parameter: the culture of the process is
/// invariant.
/// </summary>
public sealed partial class PageTexts(CultureInfo culture, IEnumerable<TextFile> files)
{
    private static readonly ResourceManager SentenceFiles = new("Patron.Web.Texts.Sentences", typeof(PageTexts).Assembly);

    public CultureInfo Culture => culture;

    /// <summary>The texts in the language of the request's pages.</summary>
    public static PageTexts Of(HttpContext http) => new(PageLanguage.Of(http), http.RequestServices.GetServices<TextFile>());

    /// <summary>Returns the text of this name. A missing text is a bug.</summary>
    public string T(string name) => Find(name) ?? throw new MissingManifestResourceException($"There is no text '{name}'.");

    /// <summary>Returns the text with formatted values.</summary>
    public string T(string name, params object?[] values) => string.Format(culture, T(name), values);

    /// <summary>Returns the text of this name, or null.</summary>
    public string? Find(string name)
    {
        foreach (var file in files)
        {
            if (file.Texts.GetString(name, culture) is { } text)
            {
                return text;
            }
        }

        return null;
    }

    /// <summary>
    /// Translates a sentence of a use case. The English sentence, with placeholders for numbers, times, amounts of time, servers such as
    /// <c>localhost:25</c> and terms of filters such as <c>city:harare</c>, is the key of its translation. A sentence without a translation
    /// stays in English.
    /// </summary>
    public string Sentence(string english)
    {
        var values = new List<object>();
        var form = Values().Replace(english, value =>
        {
            values.Add(value.Groups["unit"] is { Success: true } unit ? Amount(value.Groups["number"].Value, unit.Value) : value.Value);
            return $"{{{values.Count - 1}}}";
        });
        return SentenceFiles.GetString(form, culture) is { } translated
            ? string.Format(CultureInfo.InvariantCulture, translated, [.. values])
            : english;
    }

    // Amounts follow a preposition in every sentence so far, so German has their dative ('vor 5 Tagen').
    private string Amount(string number, string unit) =>
        string.Format(CultureInfo.InvariantCulture, SentenceFiles.GetString($"{{0}} {unit}", culture)!, number);

    // A term ends before the punctuation of the sentence; terms of a list are one value. A field's name alone is a term only where the
    // sentence begins with it, and the scheme of a web address is none.
    [GeneratedRegex(
        @"(?<number>[0-9]+) (?<unit>days|hours|minutes|seconds?)\b|^[a-z_]+:(?= )|\b[a-z_]+:(?![/ ])([^\s]*[^\s.,?])?(, [a-z_]+:([^\s]*[^\s.,?])?)*|[\w.-]+:[0-9]+|[0-9-]+T[0-9-]+Z|[0-9]+",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Values();
}
