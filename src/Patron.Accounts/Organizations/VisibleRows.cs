using Patron.Accounts.Database;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>The organizations, vendors and profiles that a caller may see. For any other row the answer is 404.</summary>
internal static class VisibleRows
{
    public static readonly Error NoOrganization = Error.NotFound(
        "organization_not_found", "You don't belong to an organization with this number or UUID.");
    public static readonly Error NoVendor = Error.NotFound("vendor_not_found", "There's no such vendor in the organizations you work for.");
    public static readonly Error NoProfile = Error.NotFound("profile_not_found", "You don't have a profile with this id.");
    public static readonly Error PeopleOnly = Error.Forbidden("account_required", "API keys can't do this. Sign in with an account.");

    /// <summary>The caller's organizations; an API key's own; all for an administrator.</summary>
    public static IQueryable<Organization> OrganizationsOf(this AccountsContext dbContext, Caller caller)
    {
        var own = caller.Memberships.Select(membership => membership.OrganizationId).ToList();
        if (caller.Key is { } key)
        {
            own.Add(key.OrganizationId);
        }

        return caller.IsAdmin ? dbContext.Organizations : dbContext.Organizations.Where(organization => own.Contains(organization.Id));
    }

    /// <summary>Vendors of organizations whose staff the caller belongs to; all for an administrator.</summary>
    public static IQueryable<Vendor> VendorsOf(this AccountsContext dbContext, Caller caller)
    {
        var own = caller.Memberships.Where(membership => membership.IsStaff).Select(membership => membership.OrganizationId).ToList();
        return caller.IsAdmin ? dbContext.Vendors : dbContext.Vendors.Where(vendor => own.Contains(vendor.OrganizationId));
    }

    /// <summary>The caller's own profiles; all for an administrator.</summary>
    public static IQueryable<UserProfile> ProfilesOf(this AccountsContext dbContext, Caller caller) =>
        caller.IsAdmin ? dbContext.Profiles : dbContext.Profiles.Where(profile => profile.UserId == caller.UserId);

    /// <summary>Filters by number or UUID.</summary>
    public static IQueryable<Organization> WithReference(this IQueryable<Organization> organizations, string numberOrId)
    {
        Guid? id = Guid.TryParse(numberOrId, out var uuid) ? uuid : null;
        long? number = long.TryParse(numberOrId, out var parsed) ? parsed : null;
        return organizations.Where(organization => organization.Id == id || organization.Number == number);
    }
}
