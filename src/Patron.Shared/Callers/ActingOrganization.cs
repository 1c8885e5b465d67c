using Patron.Shared.Results;

namespace Patron.Shared.Callers;

/// <summary>
/// Determines the organization that a request acts in (contract, 'Who may do what'): the one in the header, else the API key's, else home
/// if the caller is a member, else the caller's only membership, else home.
/// </summary>
public static class ActingOrganization
{
    public const string Header = "X-Organization";

    /// <summary>
    /// The caller with the acting organization set. <paramref name="requested"/> is the header's text; an organization that the caller does
    /// not belong to is 404.
    /// </summary>
    public static async ValueTask<Result<Caller>> ResolveAsync(
        Caller caller, string? requested, Guid home, ICallerSource source, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(requested))
        {
            return caller with { OrganizationId = Default(caller, home) };
        }

        var text = requested.Trim();
        var membership = caller.Memberships.FirstOrDefault(candidate => IsNamed(candidate, text));
        if (membership is not null)
        {
            return caller with { OrganizationId = membership.OrganizationId };
        }

        if (await source.FindOrganizationAsync(text, cancellationToken) is { } found
            && (caller.IsAdmin || caller.Key?.OrganizationId == found))
        {
            return caller with { OrganizationId = found };
        }

        return Error.NotFound("organization_not_found", "You don't belong to an organization with this number or UUID.");
    }

    private static Guid Default(Caller caller, Guid home)
    {
        if (caller.Key is { } key)
        {
            return key.OrganizationId;
        }

        return caller.Memberships.Any(membership => membership.OrganizationId == home) || caller.Memberships.Count != 1
            ? home
            : caller.Memberships[0].OrganizationId;
    }

    private static bool IsNamed(Membership membership, string text) =>
        Guid.TryParse(text, out var id)
            ? membership.OrganizationId == id
            : long.TryParse(text, out var number) && membership.Number == number;
}
