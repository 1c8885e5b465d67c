using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Patron.Web.Http;
using SameSiteMode = Microsoft.AspNetCore.Http.SameSiteMode;

namespace Patron.Portal.Http;

/// <summary>The language of a page: the chosen one (a cookie), else the first supported language of the browser, else English.</summary>
internal static class Language
{
    private const string CookieName = "language";
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    // British English: day before month, 24-hour clock.
    public static IReadOnlyDictionary<string, CultureInfo> All { get; } = new Dictionary<string, CultureInfo>(
        StringComparer.OrdinalIgnoreCase)
    {
        ["en"] = CultureInfo.GetCultureInfo("en-GB"),
        ["de"] = CultureInfo.GetCultureInfo("de-DE"),
    };

    public static CultureInfo FromRequest(HttpRequest request)
    {
        if (request.Cookies[CookieName] is { } chosen && All.TryGetValue(chosen, out var culture))
        {
            return culture;
        }

        var accepted = request.GetTypedHeaders().AcceptLanguage.OrderByDescending(language => language.Quality ?? 1).Select(Find);
        return accepted.FirstOrDefault(found => found is not null) ?? All["en"];
    }

    /// <summary>Stores the choice in a cookie. Unsupported languages are ignored.</summary>
    public static void Choose(HttpContext http, string? language)
    {
        if (language is not null && All.ContainsKey(language))
        {
            var cookie = CookieAttributes.For(http);
            (cookie.MaxAge, cookie.IsEssential) = (Year, true);
            http.Response.Cookies.Append(CookieName, language, cookie);
        }
    }

    private static CultureInfo? Find(StringWithQualityHeaderValue language) =>
        All.GetValueOrDefault(language.Value.Value?.Split('-')[0] ?? "");
}
