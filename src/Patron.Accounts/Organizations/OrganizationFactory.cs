using Patron.Accounts.Database;
using Patron.Accounts.Users;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>A new organization with its profiles and vendor. Numbers and ids are set when it is saved.</summary>
public sealed record CreatedOrganization(Organization Organization, IReadOnlyList<UserProfile> Profiles, Vendor Vendor);

/// <summary>
/// Adds a new organization to the context, for all use cases that create one. The caller saves it together with the owner's membership.
/// </summary>
public sealed class OrganizationFactory(AccountsContext dbContext)
{
    /// <summary>Returns the 422 error of an invalid name for this field, or null.</summary>
    public static Error? Refusal(string? name, string field = "organization_name") => OrganizationNameRules.Refusal(name, field);

    /// <summary>
    /// Adds an organization, its new owner's profiles and its vendor. <paramref name="profiles"/> must contain the vendor type; the first
    /// type becomes the primary profile.
    /// </summary>
    public CreatedOrganization Add(Caller caller, User user, string name, IReadOnlyCollection<ProfileType> profiles, DateTimeOffset now) =>
        Add(caller, user, name, profiles, [], now);

    /// <summary>
    /// Does the same for an owner with profiles: existing profiles of these types move to the organization, and the primary profile stays.
    /// </summary>
    internal CreatedOrganization Add(
        Caller caller, User user, string name, IReadOnlyCollection<ProfileType> types, IReadOnlyCollection<UserProfile> existing,
        DateTimeOffset now)
    {
        var organization = new Organization(Guid.CreateVersion7(now), OrganizationNameRules.Normalize(name), isHome: false, now);
        var primary = existing.Any(profile => profile.IsPrimary) ? (ProfileType?)null : types.First();
        var profiles = types.Select(type => AddOrMove(type, type == primary)).ToList();
        var vendor = new Vendor(organization, user, profiles.Single(profile => profile.ProfileType == ProfileType.Vendor), now);
        dbContext.Organizations.Add(organization);
        dbContext.Vendors.Add(vendor);
        dbContext.Audit.Add(AuditEntry.For(caller, "organization.created", "organization", organization.Id, now, organization.Id, user.Id));
        return new CreatedOrganization(organization, profiles, vendor);

        UserProfile AddOrMove(ProfileType type, bool isPrimary)
        {
            if (existing.FirstOrDefault(profile => profile.ProfileType == type) is { } found)
            {
                found.MoveTo(organization.Id, now);
                if (isPrimary)
                {
                    found.MakePrimary(now);
                }

                return found;
            }

            var profile = new UserProfile(user.Id, type, organization.Id, isPrimary, now);
            dbContext.Profiles.Add(profile);
            return profile;
        }
    }
}
