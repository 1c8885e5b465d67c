using Patron.Accounts.Organizations;
using Patron.Accounts.Users;
using Patron.Customers.Customers;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Linking;

/// <summary>Everything that a sign-up with an organization makes (source 2).</summary>
public sealed record OpenedBusiness(User User, OpenedOrganization Organization, Customer Customer);

/// <summary>
/// Opens an account with an organization of its own: user, organization, three profiles, vendor and customer, all together or not at all
/// (source 2, sign-up; contract, 'Invariants' 5). Errors as <see cref="OpenAccount"/>, and 422 for the organization's name.
/// </summary>
public sealed class SignUpOrganization(
    OpenAccount open, AccountRegistration registration, OrganizationOpening organizations, CreateOrganization create, AccountCustomers customers, DatabaseSession database)
{
    private static readonly ProfileType[] Profiles = [ProfileType.Vendor, ProfileType.Employee, ProfileType.Customer];

    public async Task<Result<SignedUp<OpenedBusiness>>> HandleAsync(
        Caller caller, NewAccount account, string? organizationName, CancellationToken cancellation) =>
        OrganizationOpening.Refusal(organizationName) is { } refused
            ? refused
            : await open.RunAsync(caller, account, user => AddAsync(caller, user, organizationName!, cancellation), cancellation);

    /// <summary>One more organization for somebody who has an account: they own it and are its customer (linking.md, 'Offer').</summary>
    public Task<Result<OpenedBusiness>> HandleSignedInAsync(Caller caller, string? organizationName, CancellationToken cancellation) =>
        database.InTransactionAsync<OpenedBusiness>(
            async () =>
            {
                var opened = await create.OpenAsync(caller, organizationName, Profiles, cancellation);
                return opened.Succeeded(out var made, out var refused) ? await BecomeCustomerAsync(caller, made.User, made.Opened, cancellation) : refused;
            },
            cancellation);

    private async Task<Result<OpenedBusiness>> AddAsync(Caller caller, User user, string organizationName, CancellationToken cancellation)
    {
        var opened = organizations.Add(caller, user, organizationName, Profiles, user.CreatedAt);
        return (await registration.AddAsync(caller, user, opened.Organization.Id, OrganizationRole.Vendor, cancellation)).Error is { } taken
            ? taken
            : await BecomeCustomerAsync(caller, user, opened, cancellation);
    }

    private async Task<Result<OpenedBusiness>> BecomeCustomerAsync(Caller caller, User user, OpenedOrganization opened, CancellationToken cancellation)
    {
        var ensured = await customers.EnsureAsync(
            caller, user.ToAccount(), opened.Organization.Id, new CustomerDetails(), LinkEvidence.Registered, cancellation);
        return ensured.Succeeded(out var customer, out var refused) ? new OpenedBusiness(user, opened, customer.Customer) : refused;
    }
}
