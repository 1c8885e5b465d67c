using Patron.Shared.Callers;

namespace Patron.Shared.Tokens;

/// <summary>
/// What an access token says about its bearer. Times have whole seconds (RFC 7519, NumericDate).
/// A verified one is shared by every request that brings the same token: nothing in it may be changed.
/// </summary>
public sealed record AccessTokenClaims
{
    /// <summary>A token carries at most this many memberships; who has more is looked up.</summary>
    public const int MaxMemberships = 20;

    /// <summary>The token's own identifier (<c>jti</c>).</summary>
    public required string Id { get; init; }

    /// <summary>Whom the token stands for (<c>sub</c>).</summary>
    public required string Subject { get; init; }

    /// <summary>The account; null for a token that stands for an API key.</summary>
    public Guid? UserId { get; init; }

    public string? Email { get; init; }

    public bool EmailVerified { get; init; }

    public string? FirstName { get; init; }

    public string? LastName { get; init; }

    /// <summary><c>customer</c>, <c>employee</c> or <c>admin</c>: a summary that authorises nothing, except admin.</summary>
    public required string UserRole { get; init; }

    /// <summary>The session the token was issued in (<c>sid</c>).</summary>
    public Guid? SessionId { get; init; }

    /// <summary>The organizations of the bearer, or the part of them that fits.</summary>
    public IReadOnlyList<Membership> Memberships { get; init; } = [];

    /// <summary>Memberships were left out, because there are too many for a token: look them up.</summary>
    public bool MembershipsTruncated { get; init; }

    /// <summary>The API key the token stands for (<c>key</c>, <c>organization</c>, <c>scope</c>).</summary>
    public ApiKeyGrant? Key { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}
