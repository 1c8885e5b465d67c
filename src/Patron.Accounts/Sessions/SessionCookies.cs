using Microsoft.Extensions.Options;
using Patron.Shared.Secrets;

namespace Patron.Accounts.Sessions;

/// <summary>The value of a session cookie, and its maximum lifetime.</summary>
public sealed record SessionCookie(string Value, TimeSpan Life);

/// <summary>
/// Writes and reads session cookies: session id and its HMAC-SHA256 as 64 URL-safe characters. Cookies are neither stored nor rotated:
/// scripts cannot read them, and they end with their session.
/// </summary>
public sealed class SessionCookies(MasterKey master, IOptions<AccountsOptions> options)
{
    private const int Length = 16;
    private readonly SignedBytes cookies = new(master.Derive("patron session cookies 1"), Length);

    /// <summary>Creates the cookie of a new session.</summary>
    public SessionCookie For(SignedIn signedIn)
    {
        Span<byte> content = stackalloc byte[Length];
        signedIn.SessionId.TryWriteBytes(content, bigEndian: true, out _);
        return new SessionCookie(cookies.Write(content), options.Value.SessionLife);
    }

    /// <summary>Returns the session id of a cookie, or null if its signature is wrong.</summary>
    public Guid? Read(string? value)
    {
        Span<byte> content = stackalloc byte[Length];
        return cookies.TryRead(value, content) ? new Guid(content, bigEndian: true) : null;
    }
}
