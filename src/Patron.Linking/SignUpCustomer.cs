using Patron.Accounts.Users;
using Patron.Customers.Customers;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Linking;

/// <summary>
/// Creates an account and its customer record in the home organization in one transaction (source 1, sign_up). The record does not claim
/// the address until it is proven. Errors as <see cref="RegisterUser"/>.
/// </summary>
public sealed class SignUpCustomer(
    AccountRegistration registration, AccountCustomers customers, DatabaseSession database, HomeOrganization home)
{
    private static readonly CustomerChanges Values = new(CustomerSchema.IsPrimaryContact.With(true));

    public async Task<Result<SignedUp<Customer>>> HandleAsync(Caller caller, NewAccount account, CancellationToken cancellationToken)
    {
        var prepared = await registration.PrepareAsync(account, cancellationToken);
        if (!prepared.Succeeded(out var user, out var invalid))
        {
            return invalid;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        if (await registration.AddAsync(caller, user, home.Id, OrganizationRole.Customer, cancellationToken) is { } taken)
        {
            return await registration.HandleTakenAsync<Customer>(caller, user, taken, transaction, cancellationToken);
        }

        var ensured = await customers.EnsureAsync(caller, user.ToAccount(), home.Id, Values, LinkEvidence.Registered, cancellationToken);
        if (!ensured.Succeeded(out var created, out var refused))
        {
            return refused;
        }

        var signedIn = await registration.StartSessionAsync(caller, user, cancellationToken);
        return await transaction.CommitAsync(
            new SignedUp<Customer>(signedIn is null ? null : created.Customer, signedIn), cancellationToken);
    }
}
