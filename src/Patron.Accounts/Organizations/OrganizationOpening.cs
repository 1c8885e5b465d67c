using Patron.Accounts.Database;
using Patron.Accounts.Users;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>A new organization with what belongs to it. Numbers and ids are there once it is saved.</summary>
public sealed record OpenedOrganization(Organization Organization, IReadOnlyList<UserProfile> Profiles, Vendor Vendor);

/// <summary>How every door opens an organization. It only adds the rows; whoever calls saves them, together with the owner's membership.</summary>
public sealed class OrganizationOpening(AccountsContext context)
{
    /// <summary>What is wrong with the name (422), under the name that the sign-up has for it unless another is given; or null.</summary>
    public static Error? Refusal(string? name, string field = "organization_name") => OrganizationNameRules.Refusal(name, field);

    /// <summary>
    /// Adds an organization, its new owner's profiles and its vendor. The profiles of these types are made; the vendor is always one of them.
    /// The first of them is the primary one.
    /// </summary>
    public OpenedOrganization Add(Caller caller, User user, string name, IReadOnlyCollection<ProfileType> profiles, DateTimeOffset now) =>
        Add(caller, user, name, profiles, [], now);

    /// <summary>The same for somebody who has profiles: those of these types are moved to the organization, and the primary one stays.</summary>
    internal OpenedOrganization Add(
        Caller caller, User user, string name, IReadOnlyCollection<ProfileType> types, IReadOnlyCollection<UserProfile> standing, DateTimeOffset now)
    {
        var organization = new Organization(Guid.CreateVersion7(now), OrganizationNameRules.Tidy(name), isHome: false, now);
        var primary = standing.Any(profile => profile.IsPrimary) ? (ProfileType?)null : types.First();
        var profiles = types.Select(type => Show(type, type == primary)).ToList();
        var vendor = new Vendor(organization, user, profiles.Single(profile => profile.ProfileType == ProfileType.Vendor), now);
        context.Organizations.Add(organization);
        context.Vendors.Add(vendor);
        context.Audit.Add(AuditEntry.For(caller, "organization.created", "organization", organization.Id, now, organization.Id, user.Id));
        return new OpenedOrganization(organization, profiles, vendor);

        UserProfile Show(ProfileType type, bool isPrimary)
        {
            if (standing.FirstOrDefault(profile => profile.ProfileType == type) is { } known)
            {
                known.MoveTo(organization.Id, now);
                if (isPrimary)
                {
                    known.MakePrimary(now);
                }

                return known;
            }

            var profile = new UserProfile(user.Id, type, organization.Id, isPrimary, now);
            context.Profiles.Add(profile);
            return profile;
        }
    }
}
