using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Users;

/// <summary>
/// Creates an account as a customer of the home organization and signs it in (source 3, register). With private registration the account
/// is created in the background, without a session. Errors: 422 by field, 400 address or username taken, 503 too busy.
/// </summary>
public sealed class RegisterUser(
    AccountRegistration registration, PrivateRegistration privateRegistration, ICustomerRecords records, DatabaseSession database,
    HomeOrganization home)
{
    public const string OutboxKind = "accounts.register";

    public async Task<Result<SignedUp<User>>> HandleAsync(Caller caller, NewAccount account, CancellationToken cancellationToken)
    {
        var prepared = await registration.PrepareAsync(caller, account, cancellationToken);
        if (!prepared.Succeeded(out var user, out var invalid))
        {
            return invalid;
        }

        if (privateRegistration.IsEnabled)
        {
            return await privateRegistration.QueueAsync<User>(OutboxKind, caller, user, organizationName: null, cancellationToken);
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        if (await AddAsync(caller, user, cancellationToken) is { } taken)
        {
            return taken;
        }

        var signedIn = await registration.StartSessionAsync(caller, user, cancellationToken);
        return await transaction.CommitAsync(new SignedUp<User>(user, signedIn), cancellationToken);
    }

    /// <summary>Handles the outbox message of a private registration.</summary>
    public async Task HandleQueuedAsync(string payload, CancellationToken cancellationToken)
    {
        var queued = QueuedRegistration.Read(payload);
        await using var transaction = await database.BeginAsync(cancellationToken);
        var taken = await AddAsync(queued.Caller, queued.CreateUser(), cancellationToken);
        await privateRegistration.CompleteAsync(OutboxKind, queued, taken, transaction, cancellationToken);
    }

    private async Task<Error?> AddAsync(Caller caller, User user, CancellationToken cancellationToken)
    {
        if (await registration.AddAsync(caller, user, home.Id, OrganizationRole.Customer, cancellationToken) is { } taken)
        {
            return taken;
        }

        await records.RegisteredAsync(caller, [user], cancellationToken);
        return null;
    }
}
