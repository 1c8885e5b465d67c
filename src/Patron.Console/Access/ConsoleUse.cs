using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Patron.Web.Http;

namespace Patron.StaffConsole.Access;

/// <summary>
/// When a session last used the console: an encrypted cookie of the console's pages, so that the portal's use does not count and the server
/// stores nothing. Without use for 12 hours, or with the cookie of another session, the console asks for the password again.
/// </summary>
internal static class ConsoleUse
{
    private const string CookieName = "console";
    private static readonly TimeSpan IdleLife = TimeSpan.FromHours(12);
    private static readonly TimeSpan WriteInterval = TimeSpan.FromMinutes(5);

    /// <summary>Whether the session proved who it is, or used the console, within 12 hours. It counts as use.</summary>
    public static bool TryContinue(HttpContext http)
    {
        var now = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var written = Read(http) ?? DateTimeOffset.MinValue;
        var used = http.Caller().AuthenticatedAt is { } authenticated && authenticated > written ? authenticated : written;
        if (now - used >= IdleLife)
        {
            return false;
        }

        if (now - written >= WriteInterval)
        {
            Write(http, now);
        }

        return true;
    }

    private static void Write(HttpContext http, DateTimeOffset now)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{http.Caller().SessionId} {now.ToUnixTimeSeconds()}");
        http.Response.Cookies.Append(CookieName, Protector(http).Protect(text), CookieAttributes.For(http, "/console"));
    }

    private static DateTimeOffset? Read(HttpContext http)
    {
        if (http.Request.Cookies[CookieName] is not { Length: > 0 } cookie)
        {
            return null;
        }

        try
        {
            return Protector(http).Unprotect(cookie).Split(' ') is [var session, var seconds]
                && Guid.TryParse(session, out var id) && id == http.Caller().SessionId
                    ? DateTimeOffset.FromUnixTimeSeconds(long.Parse(seconds, CultureInfo.InvariantCulture))
                    : null;
        }
        catch (CryptographicException)
        {
            return null; // Written by someone else, or with another master key.
        }
    }

    private static IDataProtector Protector(HttpContext http) =>
        http.RequestServices.GetRequiredService<IDataProtectionProvider>().CreateProtector("patron console use 1");
}

/// <summary>Leads a session that has not used the console for 12 hours to the page that asks for the password.</summary>
internal sealed class RefuseIdle : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        ConsoleUse.TryContinue(context.HttpContext)
            ? await next(context)
            : await ConfirmationPages.AskAsync(context.HttpContext, "console_idle");
}

/// <summary>Asks for the password before something dangerous if the person proved who they are more than 15 minutes ago.</summary>
internal sealed class RequireRecentProof : IEndpointFilter
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(15);

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        IsRecent(context.HttpContext)
            ? await next(context)
            : await ConfirmationPages.AskAsync(context.HttpContext, "console_dangerous");

    public static bool IsRecent(HttpContext http) =>
        http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow() - http.Caller().AuthenticatedAt < Life;
}
