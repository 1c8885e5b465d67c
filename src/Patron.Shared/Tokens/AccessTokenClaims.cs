using Patron.Shared.Callers;

namespace Patron.Shared.Tokens;

/// <summary>
/// The claims of an access token. Times are in whole seconds (RFC 7519, NumericDate). All requests with the same token share one instance,
/// so it must not be modified.
/// </summary>
public sealed record AccessTokenClaims
{
    /// <summary>A token contains at most this many memberships. If there are more, they have to be looked up.</summary>
    public const int MaxMemberships = 20;

    /// <summary>The token's own identifier (<c>jti</c>).</summary>
    public required string Id { get; init; }

    /// <summary>The subject of the token (<c>sub</c>).</summary>
    public required string Subject { get; init; }

    /// <summary>The account; null for the token of an API key.</summary>
    public Guid? UserId { get; init; }

    public string? Email { get; init; }

    public bool EmailVerified { get; init; }

    public string? FirstName { get; init; }

    public string? LastName { get; init; }

    /// <summary><c>customer</c>, <c>employee</c> or <c>admin</c>. Only admin grants permissions; the others are informational.</summary>
    public required string UserRole { get; init; }

    /// <summary>The session the token was issued in (<c>sid</c>).</summary>
    public Guid? SessionId { get; init; }

    /// <summary>The bearer's memberships, or as many as fit.</summary>
    public IReadOnlyList<Membership> Memberships { get; init; } = [];

    /// <summary>Whether memberships were omitted because the token would be too long; they have to be looked up.</summary>
    public bool MembershipsTruncated { get; init; }

    /// <summary>The API key that the token was issued for (<c>key</c>, <c>organization</c>, <c>scope</c>).</summary>
    public ApiKeyGrant? Key { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}
