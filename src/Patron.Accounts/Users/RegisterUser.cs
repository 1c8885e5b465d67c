using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Users;

/// <summary>
/// Creates an account as a customer of the home organization and signs it in (source 3, register). Errors: 422 by field, 400 address or
/// user name taken, 503 too busy.
/// </summary>
public sealed class RegisterUser(
    AccountRegistration registration, ICustomerRecords records, DatabaseSession database, HomeOrganization home)
{
    public async Task<Result<SignedUp<User>>> HandleAsync(Caller caller, NewAccount account, CancellationToken cancellationToken)
    {
        var prepared = await registration.PrepareAsync(account, cancellationToken);
        if (!prepared.Succeeded(out var user, out var invalid))
        {
            return invalid;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        if (await registration.AddAsync(caller, user, home.Id, OrganizationRole.Customer, cancellationToken) is { } taken)
        {
            return await registration.HandleTakenAsync<User>(caller, user, taken, transaction, cancellationToken);
        }

        await records.RegisteredAsync(caller, [user], cancellationToken);
        var signedIn = await registration.StartSessionAsync(caller, user, cancellationToken);
        return await transaction.CommitAsync(new SignedUp<User>(signedIn?.User, signedIn), cancellationToken);
    }
}
