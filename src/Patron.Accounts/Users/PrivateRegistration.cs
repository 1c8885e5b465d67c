using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Outbox;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>A checked registration that waits in the outbox. It holds the hash of the password, not the password.</summary>
public sealed record QueuedRegistration(
    Guid UserId, string Email, PersonNames Names, string PasswordHash, DateTimeOffset CreatedAt, RequestOrigin Origin,
    string? OrganizationName = null, string? MarketingConsent = null)
{
    [JsonIgnore]
    public Caller Caller => Caller.Anonymous(Origin);

    public static QueuedRegistration Read(string payload) =>
        JsonSerializer.Deserialize(payload, RegistrationJson.Default.QueuedRegistration)!;

    /// <summary>Creates the user as prepared, without saving it. A repeated message creates the same one.</summary>
    public User CreateUser()
    {
        var email = EmailAddress.TryParse(Email, out var parsed)
            ? parsed
            : throw new InvalidOperationException("A queued address is invalid.");
        var user = User.Create(email, Names, CreatedAt);
        user.Id = UserId;
        user.SetPasswordHash(PasswordHash, CreatedAt);
        return user;
    }
}

/// <summary>
/// Registration that does not reveal whether an address is taken (<see cref="AccountsOptions.PrivateRegistration"/>). Every request does
/// the same work: it checks the input, hashes the password and queues one message. The handler of the message creates the account, or
/// tells the owner of the address by mail that there is one.
/// </summary>
public sealed class PrivateRegistration(AccountsContext dbContext, AccountMailbox mailbox, TimeProvider time)
{
    public bool IsEnabled => mailbox.IsRegistrationPrivate;

    /// <summary>Queues the prepared user for the handler of this kind. Errors: 400 username taken, whatever the address.</summary>
    public async Task<Result<SignedUp<T>>> QueueAsync<T>(
        string kind, Caller caller, User user, string? organizationName, CancellationToken cancellationToken,
        string? marketingConsent = null)
        where T : class
    {
        if (user.UserName is not null
            && await dbContext.Users.AnyAsync(row => row.NormalizedUserName == user.NormalizedUserName, cancellationToken))
        {
            return AccountsContextExtensions.UserNameTaken;
        }

        Queue(
            kind,
            new QueuedRegistration(
                user.Id, user.Email!, user.Names, user.PasswordHash!, user.CreatedAt, caller.Origin, organizationName,
                marketingConsent));
        await dbContext.SaveChangesAsync(cancellationToken);
        return new SignedUp<T>(null, null);
    }

    /// <summary>
    /// Commits the transaction that has created the queued account, or rolls it back on an error and notifies the owner of the address.
    /// Where another registration has taken the username meanwhile, the account is created without one.
    /// </summary>
    public async Task CompleteAsync(
        string kind, QueuedRegistration queued, Error? error, DatabaseTransaction transaction, CancellationToken cancellationToken)
    {
        if (error is null)
        {
            await transaction.CommitAsync(cancellationToken);
            return;
        }

        await transaction.RollbackAsync();
        if (error == AccountsContextExtensions.UserNameTaken)
        {
            Queue(kind, queued with { Names = queued.Names with { UserName = null } });
        }
        else if (error == AccountsContextExtensions.EmailTaken)
        {
            await NotifyOwnerAsync(queued, cancellationToken);
        }
        else
        {
            throw new InvalidOperationException($"A queued registration was refused: {error.Detail}");
        }

        await dbContext.SaveChangesAsync(cancellationToken);
    }

    // Nobody is notified if the message was handled before: then the account is the one of this registration.
    private async Task NotifyOwnerAsync(QueuedRegistration queued, CancellationToken cancellationToken)
    {
        var key = EmailAddress.KeyOf(queued.Email);
        if (await dbContext.Users.AsNoTracking()
            .SingleOrDefaultAsync(row => row.NormalizedEmail == key && row.Id != queued.UserId, cancellationToken) is { } owner)
        {
            await mailbox.NotifyAlreadyRegisteredAsync(queued.Caller, owner, time.GetUtcNow(), cancellationToken);
        }
    }

    private void Queue(string kind, QueuedRegistration queued) => dbContext.Outbox.Add(
        new OutboxMessage(kind, JsonSerializer.Serialize(queued, RegistrationJson.Default.QueuedRegistration), time.GetUtcNow()));
}

[JsonSerializable(typeof(QueuedRegistration))]
internal sealed partial class RegistrationJson : JsonSerializerContext;
