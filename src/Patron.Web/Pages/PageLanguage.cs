using System.Globalization;
using Microsoft.AspNetCore.Http;
using Patron.Shared.Text;
using Patron.Web.Http;

namespace Patron.Web.Pages;

/// <summary>The language of a page: the account's, else the chosen one (a cookie), else the one that the browser prefers.</summary>
public static class PageLanguage
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    public static CultureInfo Of(HttpContext http) => Languages.FirstOf(http.Caller().Language, RequestLanguage.Find(http.Request)?.Name);

    /// <summary>Stores the choice in a cookie, for visitors and for the time after signing out.</summary>
    public static void Choose(HttpContext http, string language)
    {
        var cookie = CookieAttributes.For(http);
        (cookie.MaxAge, cookie.IsEssential) = (Year, true);
        http.Response.Cookies.Append(RequestLanguage.CookieName, language, cookie);
    }
}
