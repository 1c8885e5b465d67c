using Microsoft.AspNetCore.Http;
using Patron.Web.Http;

namespace Patron.Web.Pages;

/// <summary>
/// A message for the next page: after a successful post the browser is redirected, and a cookie carries the name of the message and of the
/// card that shows it. The server stores nothing.
/// </summary>
public static class Notice
{
    private const string CookieName = "notice";
    private const char Separator = '|';

    /// <summary>Shows the message on the page, or in the card that the fragment of the address names.</summary>
    public static void Set(HttpContext http, string name, string address)
    {
        var card = address.Split('#') is [_, var fragment] ? $"{Separator}{fragment}" : "";
        http.Response.Cookies.Append(CookieName, name + card, Options(http));
    }

    /// <summary>
    /// Returns the message and deletes the cookie. Null if there is none, or for a request of a script, whose answer the browser does not
    /// show.
    /// </summary>
    public static ShownNotice? Consume(HttpContext http)
    {
        if (http.Request.Cookies[CookieName] is not { Length: > 0 } notice || !IsShown(http))
        {
            return null;
        }

        http.Response.Cookies.Delete(CookieName, Options(http));
        return notice.Split(Separator, 2) is [var name, var card] ? new ShownNotice(name, card) : new ShownNotice(notice, null);
    }

    // W3C Fetch Metadata. Older browsers and other programs do not send it.
    private static bool IsShown(HttpContext http) => http.Request.Headers["Sec-Fetch-Dest"].ToString() is "" or "document";

    private static CookieOptions Options(HttpContext http)
    {
        var cookie = CookieAttributes.For(http);
        cookie.MaxAge = TimeSpan.FromMinutes(1);
        return cookie;
    }
}

/// <summary>A message, and the card that shows it; null shows it above the content of the page.</summary>
public sealed record ShownNotice(string Name, string? Card);
