using System.Net;
using System.Net.Sockets;
using Patron.Shared.Audit;

namespace Patron.Shared.Callers;

/// <summary>
/// The caller of a use case, the organization it acts in and the origin of the request: everything that a use case knows about a request.
/// A caller is a person (<see cref="UserId"/>), an API key (<see cref="Key"/>), the system itself or anonymous.
/// </summary>
public sealed record Caller
{
    /// <summary>A caller who has not signed in.</summary>
    public static Caller Anonymous(RequestOrigin origin) => new() { Origin = origin };

    /// <summary>Patron itself: the command line, jobs and the first start. It has all permissions.</summary>
    public static Caller System(Guid organizationId) =>
        new() { IsAdmin = true, OrganizationId = organizationId, Origin = RequestOrigin.Local };

    /// <summary>The caller's account; null for API keys, the system and anonymous callers.</summary>
    public Guid? UserId { get; init; }

    /// <summary>The session of the account.</summary>
    public Guid? SessionId { get; init; }

    /// <summary>The API key, when the caller is not a person.</summary>
    public ApiKeyGrant? Key { get; init; }

    /// <summary>Whether the caller has all permissions in all organizations.</summary>
    public bool IsAdmin { get; init; }

    /// <summary>All organizations that the caller belongs to.</summary>
    public IReadOnlyList<Membership> Memberships { get; init; } = [];

    /// <summary>The organization that this request acts in (<see cref="ActingOrganization"/>).</summary>
    public Guid OrganizationId { get; init; }

    /// <summary>When the person of the session last proved who they are; null where accounts are another service.</summary>
    public DateTimeOffset? AuthenticatedAt { get; init; }

    /// <summary>The language of the account; null if it has none, or where accounts are another service.</summary>
    public string? Language { get; init; }

    /// <summary>The person as the access token describes them; only in a process without accounts of its own.</summary>
    public CallerIdentity? Identity { get; init; }

    /// <summary>The access token, for requests to the accounts service on the caller's behalf.</summary>
    public ForwardedToken? Token { get; init; }

    /// <summary>When the permissions expire that the access token states; null where they are read from the database.</summary>
    public DateTimeOffset? RightsUntil { get; init; }

    /// <summary>The work on many records that the caller's changes are a part of; null for changes of their own.</summary>
    public Cause? Cause { get; init; }

    /// <summary>The origin of the request, for audit entries.</summary>
    public required RequestOrigin Origin { get; init; }

    /// <summary>Whether the caller is authenticated.</summary>
    public bool IsSignedIn => UserId is not null || Key is not null || IsAdmin;

    /// <summary>Whether the caller is staff of the acting organization: an admin, its vendor or employee, or its API key.</summary>
    public bool IsStaff => IsStaffOf(OrganizationId);

    /// <summary>Whether the caller is staff of this organization.</summary>
    public bool IsStaffOf(Guid organizationId) =>
        IsAdmin || Key?.OrganizationId == organizationId
        || Memberships.Any(membership => membership.OrganizationId == organizationId && membership.IsStaff);

    /// <summary>Whether the caller is an admin, or an employee or vendor of any organization.</summary>
    public bool IsStaffAnywhere => IsAdmin || Memberships.Any(membership => membership.IsStaff);

    /// <summary>Whether the caller is an owner of this organization, or an admin.</summary>
    public bool IsVendorOf(Guid organizationId) =>
        IsAdmin || Memberships.Any(membership => membership.OrganizationId == organizationId && membership.Role == OrganizationRole.Vendor);

    /// <summary>Whether an API key has this scope; people are not limited by scopes.</summary>
    public bool HasScope(string scope) => Key is null || Key.Scopes.Contains(scope, StringComparer.Ordinal);
}

/// <summary>The origin of a request: the client's address and user agent, for the audit log and limits, and its language.</summary>
public sealed record RequestOrigin(string Address, string? UserAgent)
{
    private const int NetworkBytes = 8;
    private const int ApproximateBytes = 6;
    private const int ApproximateBytesOfIPv4 = 3;
    private const int BitsOfByte = 8;

    /// <summary>The language of the request's page or <c>Accept-Language</c>; null if it names none that there are texts in.</summary>
    public string? Language { get; init; }

    /// <summary>
    /// What limits count as one client: an IPv4 address, or an IPv6 network of /64, because one subscriber has all of its addresses.
    /// </summary>
    public string ClientKey
    {
        get
        {
            var address = Parsed;
            return address?.AddressFamily switch
            {
                AddressFamily.InterNetworkV6 => NetworkOf(address, NetworkBytes),
                AddressFamily.InterNetwork => address.ToString(),
                _ => Address,
            };
        }
    }

    /// <summary>
    /// A network that holds the address and thousands of others (IPv4 /24, IPv6 /48), to show people roughly where a request came from;
    /// null without an address.
    /// </summary>
    public string? ApproximateAddress => Parsed is { } address
        ? NetworkOf(address, address.AddressFamily == AddressFamily.InterNetworkV6 ? ApproximateBytes : ApproximateBytesOfIPv4)
        : null;

    private IPAddress? Parsed => IPAddress.TryParse(Address, out var address) switch
    {
        false => null,
        true when address!.IsIPv4MappedToIPv6 => address.MapToIPv4(),
        true => address,
    };

    private static string NetworkOf(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, length, bytes.Length - length);
        return $"{new IPAddress(bytes)}/{length * BitsOfByte}";
    }

    /// <summary>This machine: the command line and jobs.</summary>
    public static RequestOrigin Local { get; } = new("local", null);
}

/// <summary>The person of an access token, as they were when the token was issued.</summary>
public sealed record CallerIdentity(string Email, bool EmailVerified, string FirstName, string LastName);

/// <summary>
/// The caller's own access token. It is sent only to the accounts service that issued it. <see cref="ToString"/> does not reveal it, so
/// that it cannot get into a log or a message.
/// </summary>
public sealed class ForwardedToken(string text)
{
    /// <summary>The token itself, for the Authorization header of a request on the caller's behalf.</summary>
    public string Reveal() => text;

    public override string ToString() => "an access token";
}
