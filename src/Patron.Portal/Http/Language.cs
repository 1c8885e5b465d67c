using System.Globalization;
using Microsoft.AspNetCore.Http;
using Patron.Web.Http;

namespace Patron.Portal.Http;

/// <summary>The language of a page: the chosen one (a cookie), else the one that the browser prefers.</summary>
internal static class Language
{
    private const string CookieName = "language";
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    public static CultureInfo FromRequest(HttpRequest request) =>
        request.Cookies[CookieName] is { } chosen && Languages.All.TryGetValue(chosen, out var culture)
            ? culture
            : Languages.Negotiate(request);

    /// <summary>Stores the choice in a cookie. Unsupported languages are ignored.</summary>
    public static void Choose(HttpContext http, string? language)
    {
        if (language is not null && Languages.All.ContainsKey(language))
        {
            var cookie = CookieAttributes.For(http);
            (cookie.MaxAge, cookie.IsEssential) = (Year, true);
            http.Response.Cookies.Append(CookieName, language, cookie);
        }
    }
}
