using Microsoft.AspNetCore.Http;

namespace Patron.Web.Http;

/// <summary>Hands a browser its session cookie: no script reads it, and no form of another site brings it along.</summary>
public static class SessionCookieHeader
{
    /// <summary>Without a life the cookie goes when the browser is closed.</summary>
    public static void Set(HttpContext http, string value, TimeSpan? life)
    {
        var cookie = Options(http);
        cookie.MaxAge = life;
        http.Response.Cookies.Append(CallerAuthentication.CookieName, value, cookie);
    }

    public static void Clear(HttpContext http) => http.Response.Cookies.Delete(CallerAuthentication.CookieName, Options(http));

    private static CookieOptions Options(HttpContext http) => new() { Path = "/", SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, HttpOnly = true };
}
