using Patron.Accounts.Users;
using Patron.Customers.Customers;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Linking;

/// <summary>
/// Creates an account and its customer record in the home organization in one transaction (source 1, sign_up). The record does not claim
/// the address until it is proven. With private registration both are created in the background. Errors as <see cref="RegisterUser"/>.
/// </summary>
public sealed class SignUpCustomer(
    AccountRegistration registration, PrivateRegistration privateRegistration, AccountCustomers customers, DatabaseSession database,
    HomeOrganization home)
{
    public const string OutboxKind = "linking.sign_up";

    public async Task<Result<SignedUp<Customer>>> HandleAsync(Caller caller, NewAccount account, CancellationToken cancellationToken)
    {
        var prepared = await registration.PrepareAsync(caller, account, cancellationToken);
        if (!prepared.Succeeded(out var user, out var invalid))
        {
            return invalid;
        }

        if (privateRegistration.IsEnabled)
        {
            return await privateRegistration.QueueAsync<Customer>(
                OutboxKind, caller, user, organizationName: null, cancellationToken, account.MarketingConsent);
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        var added = await AddAsync(caller, user, account.MarketingConsent, cancellationToken);
        if (!added.Succeeded(out var customer, out var refused))
        {
            return refused;
        }

        var signedIn = await registration.StartSessionAsync(caller, user, cancellationToken);
        return await transaction.CommitAsync(new SignedUp<Customer>(customer, signedIn), cancellationToken);
    }

    /// <summary>Handles the outbox message of a private registration.</summary>
    public async Task HandleQueuedAsync(string payload, CancellationToken cancellationToken)
    {
        var queued = QueuedRegistration.Read(payload);
        await using var transaction = await database.BeginAsync(cancellationToken);
        var added = await AddAsync(queued.Caller, queued.CreateUser(), queued.MarketingConsent, cancellationToken);
        await privateRegistration.CompleteAsync(OutboxKind, queued, added.Error, transaction, cancellationToken);
    }

    private async Task<Result<Customer>> AddAsync(
        Caller caller, User user, string? marketingConsent, CancellationToken cancellationToken)
    {
        if (await registration.AddAsync(caller, user, home.Id, OrganizationRole.Customer, cancellationToken) is { } taken)
        {
            return taken;
        }

        var ensured = await customers.EnsureAsync(
            caller, user.ToAccount(), home.Id, ValuesOf(marketingConsent), LinkEvidence.Registered, cancellationToken);
        return ensured.Select(created => created.Customer);
    }

    private static CustomerChanges ValuesOf(string? marketingConsent)
    {
        var values = new CustomerChanges(CustomerSchema.IsPrimaryContact.With(true));
        return marketingConsent is null
            ? values
            : new CustomerChanges([.. values.Values, CustomerSchema.MarketingEmails.With(true)])
            {
                ConsentWordings = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    [CustomerSchema.MarketingEmails.Name] = marketingConsent,
                },
            };
    }
}
