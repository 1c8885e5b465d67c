using Microsoft.Extensions.Options;
using Patron.Shared.Secrets;

namespace Patron.Accounts.Sessions;

/// <summary>What a browser keeps of a session, and for how long at most.</summary>
public sealed record SessionCookie(string Value, TimeSpan Life);

/// <summary>
/// The cookies of sessions: session id and its HMAC-SHA256, 64 URL-safe characters. Nothing of them is stored, and they are not
/// rotated: only a browser holds one, where no script can read it, and it ends with its session.
/// </summary>
public sealed class SessionCookies(MasterKey master, IOptions<AccountsOptions> options)
{
    private const int Length = 16;
    private readonly SignedBytes cookies = new(master.Derive("patron session cookies 1"), Length);

    /// <summary>The cookie of somebody who has just signed in.</summary>
    public SessionCookie For(SignedIn signedIn)
    {
        Span<byte> content = stackalloc byte[Length];
        signedIn.SessionId.TryWriteBytes(content, bigEndian: true, out _);
        return new SessionCookie(cookies.Write(content), options.Value.SessionLife);
    }

    /// <summary>The session a cookie stands for, or null when it was not written here.</summary>
    public Guid? Read(string? value)
    {
        Span<byte> content = stackalloc byte[Length];
        return cookies.TryRead(value, content) ? new Guid(content, bigEndian: true) : null;
    }
}
