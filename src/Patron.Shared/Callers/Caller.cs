namespace Patron.Shared.Callers;

/// <summary>
/// Who is asking, in which organization, and from where: all a use case may know of a request.
/// A person (<see cref="UserId"/>), an API key (<see cref="Key"/>), the system itself, or a stranger (neither).
/// </summary>
public sealed record Caller
{
    /// <summary>Somebody who has not signed in.</summary>
    public static Caller Anonymous(RequestOrigin origin) => new() { Origin = origin };

    /// <summary>Patron itself: the command line, jobs, the first start. May do everything.</summary>
    public static Caller System(Guid organizationId) => new() { IsAdmin = true, OrganizationId = organizationId, Origin = RequestOrigin.Local };

    /// <summary>The account that asks; null for keys, the system and strangers.</summary>
    public Guid? UserId { get; init; }

    /// <summary>The session the account asks with.</summary>
    public Guid? SessionId { get; init; }

    /// <summary>The API key that asks, instead of a person.</summary>
    public ApiKeyGrant? Key { get; init; }

    /// <summary>May do everything everywhere.</summary>
    public bool IsAdmin { get; init; }

    /// <summary>Every organization the caller belongs to.</summary>
    public IReadOnlyList<Membership> Memberships { get; init; } = [];

    /// <summary>The organization this request acts in (<see cref="ActingOrganization"/>).</summary>
    public Guid OrganizationId { get; init; }

    /// <summary>What the caller's token says of them; only where accounts are another service's.</summary>
    public CallerIdentity? Identity { get; init; }

    /// <summary>The token to ask that service with, in the caller's name.</summary>
    public ForwardedToken? Token { get; init; }

    /// <summary>Where the request came from, for audit entries.</summary>
    public required RequestOrigin Origin { get; init; }

    /// <summary>Somebody who has proven who they are.</summary>
    public bool IsSignedIn => UserId is not null || Key is not null || IsAdmin;

    /// <summary>Staff of the acting organization: an admin, its vendor or employee, or its API key.</summary>
    public bool IsStaff => IsStaffOf(OrganizationId);

    /// <summary>Staff of the given organization.</summary>
    public bool IsStaffOf(Guid organizationId) =>
        IsAdmin || Key?.OrganizationId == organizationId
        || Memberships.Any(membership => membership.OrganizationId == organizationId && membership.IsStaff);

    /// <summary>Owner of the given organization, or an admin.</summary>
    public bool IsVendorOf(Guid organizationId) =>
        IsAdmin || Memberships.Any(membership => membership.OrganizationId == organizationId && membership.Role == OrganizationRole.Vendor);

    /// <summary>Whether a key's scopes allow this; people are not limited by scopes.</summary>
    public bool HasScope(string scope) => Key is null || Key.Scopes.Contains(scope, StringComparer.Ordinal);
}

/// <summary>An API key that asks: staff of its one organization, within its scopes.</summary>
public sealed record ApiKeyGrant(Guid Id, Guid OrganizationId, IReadOnlyList<string> Scopes);

/// <summary>Where a request came from: the client's address and what it calls itself. Both only for the audit log.</summary>
public sealed record RequestOrigin(string Address, string? UserAgent)
{
    /// <summary>The machine itself: command line and jobs.</summary>
    public static RequestOrigin Local { get; } = new("local", null);
}
