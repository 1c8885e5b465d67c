using Microsoft.AspNetCore.Http;
using Patron.Linking.Activation;

namespace Patron.Portal.Http;

/// <summary>
/// How far somebody has come with their first password, in a cookie of their browser: the address they typed and the challenge that waits for its
/// code. Neither is a secret, and neither stands in an address that is kept or logged.
/// </summary>
internal sealed record SetupProgress(string Email, Guid? ChallengeId)
{
    private const string CookieName = "setup";
    private const char Separator = '|';

    public static SetupProgress? Of(HttpContext http) =>
        http.Request.Cookies[CookieName]?.Split(Separator, 2) is [var challenge, var email]
            ? new SetupProgress(email, Guid.TryParse(challenge, out var id) ? id : null)
            : null;

    public static void Keep(HttpContext http, StartedSetup begun) => http.Response.Cookies.Append(CookieName, $"{begun.ChallengeId}{Separator}{begun.Email}", Options(http));

    public static void End(HttpContext http) => http.Response.Cookies.Delete(CookieName, Options(http));

    private static CookieOptions Options(HttpContext http) => new()
    {
        Path = "/first-time-setup", HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, MaxAge = TimeSpan.FromMinutes(10),
    };
}
