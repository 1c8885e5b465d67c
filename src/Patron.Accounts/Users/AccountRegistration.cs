using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Organizations;
using Patron.Accounts.Passwords;
using Patron.Accounts.Sessions;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>The input of a registration.</summary>
public sealed record NewAccount(string Email, PersonNames Names, string Password)
{
    /// <summary>The name fields that are required.</summary>
    public IReadOnlyCollection<string> Required { get; init; } = PersonNames.Both;
}

/// <summary>What a sign-up created, and its session. Both are null with private registration, where every answer is the same.</summary>
public sealed record SignedUp<T>(T? Made, SignedIn? SignedIn)
    where T : class;

/// <summary>
/// The steps of every registration: <see cref="PrepareAsync"/> outside of a transaction; then, in one transaction, <see cref="AddAsync"/>,
/// the rows of the use case itself, and <see cref="StartSessionAsync"/>. With private registration the answer for a taken address is the
/// same as for a free one, and its owner is notified by mail.
/// </summary>
public sealed class AccountRegistration(
    AccountsContext dbContext, PasswordHashing passwords, AccountMailbox mailbox, SessionStarter sessions, TimeProvider time)
{
    /// <summary>
    /// Checks the input and creates a user with a hashed password, without saving it. Errors: 422 by field, 503 too busy.
    /// </summary>
    public async Task<Result<User>> PrepareAsync(NewAccount account, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        if (!EmailAddress.TryParse(account.Email, out var email))
        {
            errors.Add("email", EmailAddress.Rule(account.Email));
        }

        var names = account.Names.Check(errors, account.Required);
        if (passwords.Refusal(account.Password, account.Email, names) is { } refusal)
        {
            errors.Add("password", refusal);
        }

        if (errors.Any)
        {
            return errors.ToError();
        }

        var now = time.GetDatabaseNow(); // The precision of the database, so that the response equals later reads.
        var user = User.Create(email!, names, now);
        var hashed = await passwords.HashAsync(user, account.Password, cancellationToken);
        if (!hashed.Succeeded(out var hash, out var hashError))
        {
            return hashError;
        }

        user.SetPasswordHash(hash, now);
        return user;
    }

    /// <summary>
    /// Saves the user with the membership, and whatever the use case has added to the context. An unproven address gets a verification
    /// mail, unless <paramref name="isProven"/> says that the proof follows. Errors: 400 address or user name taken.
    /// </summary>
    public async Task<Error?> AddAsync(
        Caller caller, User user, Guid organizationId, OrganizationRole role, CancellationToken cancellationToken, bool isProven = false)
    {
        dbContext.Users.Add(user);
        dbContext.Members.Add(new OrganizationMember(organizationId, user.Id, role, user.CreatedAt));
        dbContext.Audit.Add(AuditEntry.For(caller, "account.registered", "account", user.Id, user.CreatedAt, organizationId, user.Id));
        var needsVerification = !user.EmailConfirmed && !isProven;
        if (needsVerification
            && await mailbox.AcquireAsync(caller, MailPurpose.Verification, user.NormalizedEmail!, user, cancellationToken) is null)
        {
            mailbox.AddVerification(user, user.CreatedAt);
        }

        return await dbContext.TrySaveAsync(cancellationToken);
    }

    /// <summary>
    /// Signs the new user in. Returns null with private registration, where the answer must not reveal that the address was free.
    /// </summary>
    public async Task<SignedIn?> StartSessionAsync(Caller caller, User user, CancellationToken cancellationToken) =>
        mailbox.IsRegistrationPrivate ? null : await sessions.StartAsync(caller, user, cancellationToken);

    /// <summary>
    /// Rolls back a sign-up whose address or user name is taken, and returns its answer. With private registration it notifies the owner of
    /// the address by mail, within the limit, and returns the answer of a free address.
    /// </summary>
    public async Task<Result<SignedUp<T>>> HandleTakenAsync<T>(
        Caller caller, User user, Error taken, DatabaseTransaction transaction, CancellationToken cancellationToken)
        where T : class
    {
        await transaction.RollbackAsync();
        if (!mailbox.IsRegistrationPrivate || taken != AccountsContextExtensions.EmailTaken)
        {
            return taken;
        }

        if (await dbContext.Users.AsNoTracking()
            .SingleOrDefaultAsync(row => row.NormalizedEmail == user.NormalizedEmail, cancellationToken) is { } owner)
        {
            await mailbox.NotifyAlreadyRegisteredAsync(caller, owner, time.GetUtcNow(), cancellationToken);
            await dbContext.SaveChangesAsync(cancellationToken);
        }

        return new SignedUp<T>(null, null);
    }
}
