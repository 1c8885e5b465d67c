using Patron.Shared.Tokens;

namespace Patron.Shared.Callers;

/// <summary>
/// Turns credentials into a caller. There are two implementations: a process with accounts reads from the database whether the session or
/// key is still valid and which memberships the person has; a separate customers service relies on the token alone.
/// </summary>
public interface ICallerSource
{
    /// <summary>The caller of a verified access token, or null when its session, key or account has ended.</summary>
    ValueTask<Caller?> FromTokenAsync(
        AccessTokenClaims claims, ForwardedToken token, RequestOrigin origin, CancellationToken cancellationToken);

    /// <summary>The caller of an API key as sent (<c>key:secret</c>), or null.</summary>
    ValueTask<Caller?> FromApiKeyAsync(string credentials, RequestOrigin origin, CancellationToken cancellationToken);

    /// <summary>The caller of a session cookie, or null when it is forged, or its session or account has ended.</summary>
    ValueTask<Caller?> FromCookieAsync(string cookie, RequestOrigin origin, CancellationToken cancellationToken);

    /// <summary>
    /// A caller from before with the permissions they have now, for background work; null when they have none any more. A separate customers
    /// service knows the permissions of the token until it expires.
    /// </summary>
    ValueTask<Caller?> RestoreAsync(StoredCaller stored, CancellationToken cancellationToken);

    /// <summary>The organization with this number or UUID, or null.</summary>
    ValueTask<Guid?> FindOrganizationAsync(string numberOrId, CancellationToken cancellationToken);
}
