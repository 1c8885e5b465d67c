using Patron.Shared.Tokens;

namespace Patron.Shared.Callers;

/// <summary>
/// Callers as their access tokens describe them, for a service without accounts of its own. A session that has ended is valid here until
/// the access token expires (contract, 'Roles of the process'). API keys and cookies are not accepted.
/// </summary>
public sealed class TokenCallerSource(HomeOrganization home, TimeProvider time) : ICallerSource
{
    public ValueTask<Caller?> FromTokenAsync(
        AccessTokenClaims claims, ForwardedToken token, RequestOrigin origin,
        CancellationToken cancellationToken) => ValueTask.FromResult<Caller?>(new Caller
    {
        UserId = claims.UserId,
        SessionId = claims.SessionId,
        Key = claims.Key,
        IsAdmin = claims.UserRole == "admin",
        Memberships = claims.Memberships,
        Identity = claims is { Email: { } email }
            ? new CallerIdentity(email, claims.EmailVerified, claims.FirstName ?? "", claims.LastName ?? "")
            : null,
        Token = token,
        RightsUntil = claims.ExpiresAt,
        Origin = origin,
    });

    public ValueTask<Caller?> FromApiKeyAsync(string credentials, RequestOrigin origin, CancellationToken cancellationToken) =>
        ValueTask.FromResult<Caller?>(null);

    public ValueTask<Caller?> FromCookieAsync(string cookie, RequestOrigin origin, CancellationToken cancellationToken) =>
        ValueTask.FromResult<Caller?>(null);

    /// <summary>The permissions are those of the access token, until it expires.</summary>
    public ValueTask<Caller?> RestoreAsync(StoredCaller stored, CancellationToken cancellationToken) =>
        ValueTask.FromResult(stored.IsSystem || stored.RightsUntil > time.GetUtcNow() ? stored.ToCaller() : null);

    /// <summary>Knows home by its number; every other organization must be named by its UUID.</summary>
    public ValueTask<Guid?> FindOrganizationAsync(string numberOrId, CancellationToken cancellationToken) =>
        ValueTask.FromResult(numberOrId == "1" ? home.Id : TryParse(numberOrId));

    private static Guid? TryParse(string text) => Guid.TryParse(text, out var id) ? id : null;
}
