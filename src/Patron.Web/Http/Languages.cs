using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Patron.Web.Http;

/// <summary>The languages of pages and of names in answers, and the choice among them for a request.</summary>
public static class Languages
{
    private const string English = "en";

    // British English: day before month, 24-hour clock.
    public static IReadOnlyDictionary<string, CultureInfo> All { get; } = new Dictionary<string, CultureInfo>(
        StringComparer.OrdinalIgnoreCase)
    {
        [English] = CultureInfo.GetCultureInfo("en-GB"),
        ["de"] = CultureInfo.GetCultureInfo("de-DE"),
    };

    /// <summary>The first supported language of <c>Accept-Language</c>, else English. A quality of 0 excludes a language (RFC 9110).</summary>
    public static CultureInfo Negotiate(HttpRequest request) =>
        request.GetTypedHeaders().AcceptLanguage
            .Where(language => language.Quality is not 0)
            .OrderByDescending(language => language.Quality ?? 1)
            .Select(Find)
            .FirstOrDefault(found => found is not null)
        ?? All[English];

    /// <summary>Says which language the response is in, and that it depends on the request's <c>Accept-Language</c>.</summary>
    public static void SetLanguage(this HttpResponse response, CultureInfo language)
    {
        response.Headers.ContentLanguage = language.TwoLetterISOLanguageName;
        response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptLanguage);
    }

    private static CultureInfo? Find(StringWithQualityHeaderValue language) =>
        All.GetValueOrDefault(language.Value.Value?.Split('-')[0] ?? "");
}
