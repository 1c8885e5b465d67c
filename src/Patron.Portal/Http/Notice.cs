using Microsoft.AspNetCore.Http;
using Patron.Web.Http;

namespace Patron.Portal.Http;

/// <summary>
/// A message for the next page: after a successful post the browser is redirected, and a cookie carries the name of the message. The server
/// stores nothing.
/// </summary>
internal static class Notice
{
    private const string CookieName = "notice";

    public static void Set(HttpContext http, string name) => http.Response.Cookies.Append(CookieName, name, Options(http));

    /// <summary>Returns the name of the message and deletes the cookie. Null if there is none.</summary>
    public static string? Consume(HttpContext http)
    {
        if (http.Request.Cookies[CookieName] is not { Length: > 0 } name)
        {
            return null;
        }

        http.Response.Cookies.Delete(CookieName, Options(http));
        return name;
    }

    private static CookieOptions Options(HttpContext http)
    {
        var cookie = CookieAttributes.For(http);
        cookie.MaxAge = TimeSpan.FromMinutes(1);
        return cookie;
    }
}
