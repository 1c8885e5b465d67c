using Microsoft.AspNetCore.Http;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Web.Http;

namespace Patron.Dialects.Tradeline;

/// <summary>
/// Sets Frappe's cookies: the session cookie <c>sid</c>, which scripts cannot read, and those in which scripts find the signed-in user.
/// </summary>
internal static class FrappeCookies
{
    private const string Guest = "Guest";

    public static void SetFor(HttpContext http, SignedIn signedIn, SessionCookie session)
    {
        SessionCookieHeader.Set(http, session.Value, session.Life);
        SetReadable(http, signedIn.User.Email!, signedIn.User.FullName, signedIn.Role != UserRoles.Customer);
    }

    /// <summary>Sets the cookies of an anonymous user.</summary>
    public static void SetForGuest(HttpContext http)
    {
        SessionCookieHeader.Set(http, Guest, life: null);
        SetReadable(http, Guest, Guest, isStaff: false);
    }

    private static void SetReadable(HttpContext http, string userId, string fullName, bool isStaff)
    {
        Append(http, "system_user", isStaff ? "yes" : "no");
        Append(http, "full_name", fullName);
        Append(http, "user_id", userId);
        Append(http, "user_image", "");
    }

    private static void Append(HttpContext http, string name, string value)
    {
        var cookie = CookieAttributes.For(http);
        cookie.HttpOnly = false;
        http.Response.Cookies.Append(name, value, cookie);
    }
}
