using Patron.Accounts.Database;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>Which organizations, vendors and profiles a caller may see. Whose row is not among them hears that there is none.</summary>
internal static class VisibleRows
{
    public static readonly Error NoOrganization = Error.NotFound("You have no part in an organization with this number or UUID.");
    public static readonly Error NoVendor = Error.NotFound("There is no such vendor in an organization whose staff you are.");
    public static readonly Error NoProfile = Error.NotFound("You have no such profile.");
    public static readonly Error PeopleOnly = Error.Forbidden("This is for people only: sign in with an account instead of an API key.");

    /// <summary>Those the caller is a member of; a key's own; an administrator's are all.</summary>
    public static IQueryable<Organization> OrganizationsOf(this AccountsContext context, Caller caller)
    {
        var own = caller.Memberships.Select(membership => membership.OrganizationId).ToList();
        if (caller.Key is { } key)
        {
            own.Add(key.OrganizationId);
        }

        return caller.IsAdmin ? context.Organizations : context.Organizations.Where(organization => own.Contains(organization.Id));
    }

    /// <summary>Those of organizations whose staff the caller is.</summary>
    public static IQueryable<Vendor> VendorsOf(this AccountsContext context, Caller caller)
    {
        var own = caller.Memberships.Where(membership => membership.IsStaff).Select(membership => membership.OrganizationId).ToList();
        return caller.IsAdmin ? context.Vendors : context.Vendors.Where(vendor => own.Contains(vendor.OrganizationId));
    }

    /// <summary>The caller's own.</summary>
    public static IQueryable<UserProfile> ProfilesOf(this AccountsContext context, Caller caller) =>
        caller.IsAdmin ? context.Profiles : context.Profiles.Where(profile => profile.UserId == caller.UserId);

    /// <summary>The one with this number or UUID.</summary>
    public static IQueryable<Organization> Named(this IQueryable<Organization> organizations, string numberOrId)
    {
        Guid? id = Guid.TryParse(numberOrId, out var uuid) ? uuid : null;
        long? number = long.TryParse(numberOrId, out var counted) ? counted : null;
        return organizations.Where(organization => organization.Id == id || organization.Number == number);
    }
}
