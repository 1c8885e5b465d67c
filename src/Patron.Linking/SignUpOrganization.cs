using Patron.Accounts.Organizations;
using Patron.Accounts.Users;
using Patron.Customers.Customers;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Linking;

/// <summary>Everything that a sign-up with an organization creates (source 2).</summary>
public sealed record OrganizationSignUp(User User, CreatedOrganization Organization, Customer Customer);

/// <summary>
/// Creates an account with its own organization: user, organization, three profiles, vendor and customer, all in one transaction (source 2,
/// sign-up; contract, 'Invariants' 5). Errors as <see cref="RegisterUser"/>, and 422 for the organization's name.
/// </summary>
public sealed class SignUpOrganization(
    AccountRegistration registration, OrganizationFactory organizations, CreateOrganization create, AccountCustomers customers,
    DatabaseSession database)
{
    private static readonly ProfileType[] Profiles = [ProfileType.Vendor, ProfileType.Employee, ProfileType.Customer];

    public async Task<Result<SignedUp<OrganizationSignUp>>> HandleAsync(
        Caller caller, NewAccount account, string? organizationName, CancellationToken cancellationToken)
    {
        if (OrganizationFactory.Refusal(organizationName) is { } invalidName)
        {
            return invalidName;
        }

        var prepared = await registration.PrepareAsync(account, cancellationToken);
        if (!prepared.Succeeded(out var user, out var invalid))
        {
            return invalid;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        var opened = organizations.Add(caller, user, organizationName!, Profiles, user.CreatedAt);
        if (await registration.AddAsync(caller, user, opened.Organization.Id, OrganizationRole.Vendor, cancellationToken) is { } taken)
        {
            return await registration.HandleTakenAsync<OrganizationSignUp>(caller, user, taken, transaction, cancellationToken);
        }

        var ensured = await customers.EnsureAsync(
            caller, user.ToAccount(), opened.Organization.Id, new CustomerChanges(), LinkEvidence.Registered, cancellationToken);
        if (!ensured.Succeeded(out var customer, out var refused))
        {
            return refused;
        }

        var created = new OrganizationSignUp(user, opened, customer.Customer);
        var signedIn = await registration.StartSessionAsync(caller, user, cancellationToken);
        return await transaction.CommitAsync(
            new SignedUp<OrganizationSignUp>(signedIn is null ? null : created, signedIn), cancellationToken);
    }

    /// <summary>
    /// Creates another organization for an existing account, which becomes its owner and its customer (linking.md, 'Offer').
    /// </summary>
    public async Task<Result<OrganizationSignUp>> HandleSignedInAsync(
        Caller caller, string? organizationName, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(cancellationToken);
        var owned = await create.CreateInTransactionAsync(caller, organizationName, Profiles, cancellationToken);
        if (!owned.Succeeded(out var created, out var refused))
        {
            return refused;
        }

        var ensured = await customers.EnsureAsync(
            caller, created.User.ToAccount(), created.Opened.Organization.Id, new CustomerChanges(), LinkEvidence.Registered,
            cancellationToken);
        if (!ensured.Succeeded(out var customer, out var unlinked))
        {
            return unlinked;
        }

        return await transaction.CommitAsync(new OrganizationSignUp(created.User, created.Opened, customer.Customer), cancellationToken);
    }
}
