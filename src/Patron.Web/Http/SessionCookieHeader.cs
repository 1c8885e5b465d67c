using Microsoft.AspNetCore.Http;

namespace Patron.Web.Http;

/// <summary>Sets and deletes the session cookie. Scripts cannot read it, and forms of other sites do not send it.</summary>
public static class SessionCookieHeader
{
    /// <summary>Without a lifetime the cookie ends when the browser is closed.</summary>
    public static void Set(HttpContext http, string value, TimeSpan? life)
    {
        var cookie = CookieAttributes.For(http);
        cookie.MaxAge = life;
        http.Response.Cookies.Append(CallerAuthentication.CookieName, value, cookie);
    }

    public static void Clear(HttpContext http) => http.Response.Cookies.Delete(CallerAuthentication.CookieName, CookieAttributes.For(http));
}
