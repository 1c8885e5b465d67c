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
/// sign-up; contract, 'Invariants' 5). With private registration they are created in the background. Errors as <see
/// cref="RegisterUser"/>, and 422 for the organization's name.
/// </summary>
public sealed class SignUpOrganization(
    AccountRegistration registration, PrivateRegistration privateRegistration, OrganizationFactory organizations,
    CreateOrganization create, AccountCustomers customers, DatabaseSession database)
{
    public const string OutboxKind = "linking.sign_up_organization";

    private static readonly ProfileType[] Profiles = [ProfileType.Vendor, ProfileType.Employee, ProfileType.Customer];

    public async Task<Result<SignedUp<OrganizationSignUp>>> HandleAsync(
        Caller caller, NewAccount account, string? organizationName, CancellationToken cancellationToken)
    {
        if (OrganizationFactory.Refusal(organizationName) is { } invalidName)
        {
            return invalidName;
        }

        var prepared = await registration.PrepareAsync(caller, account, cancellationToken);
        if (!prepared.Succeeded(out var user, out var invalid))
        {
            return invalid;
        }

        if (privateRegistration.IsEnabled)
        {
            return await privateRegistration.QueueAsync<OrganizationSignUp>(OutboxKind, caller, user, organizationName, cancellationToken);
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        var added = await AddAsync(caller, user, organizationName!, cancellationToken);
        if (!added.Succeeded(out var created, out var refused))
        {
            return refused;
        }

        var signedIn = await registration.StartSessionAsync(caller, user, cancellationToken);
        return await transaction.CommitAsync(new SignedUp<OrganizationSignUp>(created, signedIn), cancellationToken);
    }

    /// <summary>Handles the outbox message of a private registration.</summary>
    public async Task HandleQueuedAsync(string payload, CancellationToken cancellationToken)
    {
        var queued = QueuedRegistration.Read(payload);
        await using var transaction = await database.BeginAsync(cancellationToken);
        var added = await AddAsync(queued.Caller, queued.CreateUser(), queued.OrganizationName!, cancellationToken);
        await privateRegistration.CompleteAsync(OutboxKind, queued, added.Error, transaction, cancellationToken);
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

    private async Task<Result<OrganizationSignUp>> AddAsync(
        Caller caller, User user, string organizationName, CancellationToken cancellationToken)
    {
        var opened = organizations.Add(caller, user, organizationName, Profiles, user.CreatedAt);
        if (await registration.AddAsync(caller, user, opened.Organization.Id, OrganizationRole.Vendor, cancellationToken) is { } taken)
        {
            return taken;
        }

        var ensured = await customers.EnsureAsync(
            caller, user.ToAccount(), opened.Organization.Id, new CustomerChanges(), LinkEvidence.Registered, cancellationToken);
        return ensured.Select(customer => new OrganizationSignUp(user, opened, customer.Customer));
    }
}
