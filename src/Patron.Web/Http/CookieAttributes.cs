using Microsoft.AspNetCore.Http;

namespace Patron.Web.Http;

/// <summary>
/// The attributes of every cookie: forms of other sites do not send it, and it is secure whenever the client uses https. Behind a path
/// prefix it is limited to that prefix, because other programs can be on the same host.
/// </summary>
public static class CookieAttributes
{
    /// <param name="path">The pages that get the cookie, such as <c>/first-time-setup</c>; all of them if it is not set.</param>
    public static CookieOptions For(HttpContext http, string? path = null)
    {
        var full = http.Request.PathBase.ToUriComponent() + path;
        return new CookieOptions
        {
            Path = full.Length > 0 ? full : "/", SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, HttpOnly = true,
        };
    }
}
