using Patron.Shared.Callers;

namespace Patron.Accounts.Organizations;

/// <summary>An organization and what the caller is in it; null for administrators and keys, who are no members.</summary>
public sealed record OrganizationView(Organization Organization, OrganizationRole? Role)
{
    internal static OrganizationView Of(Organization organization, Caller caller) =>
        new(organization, caller.Memberships.FirstOrDefault(membership => membership.OrganizationId == organization.Id)?.Role);
}
