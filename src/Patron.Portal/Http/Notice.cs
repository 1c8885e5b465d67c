using Microsoft.AspNetCore.Http;

namespace Patron.Portal.Http;

/// <summary>
/// What the next page says once: after a form has done its work the browser is sent to a page, and brings the message's name along in a
/// cookie. Nothing is kept at the server.
/// </summary>
internal static class Notice
{
    private const string CookieName = "notice";

    public static void Leave(HttpContext http, string name) => http.Response.Cookies.Append(CookieName, name, Options(http));

    /// <summary>The message's name, taken away; null where there is none.</summary>
    public static string? Take(HttpContext http)
    {
        if (http.Request.Cookies[CookieName] is not { Length: > 0 } name)
        {
            return null;
        }

        http.Response.Cookies.Delete(CookieName, Options(http));
        return name;
    }

    private static CookieOptions Options(HttpContext http) => new()
    {
        Path = "/", HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, MaxAge = TimeSpan.FromMinutes(1),
    };
}
