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

/// <summary>What somebody gives to open an account.</summary>
public sealed record NewAccount(string Email, PersonNames Names, string Password)
{
    /// <summary>The names that the caller's interface wants filled.</summary>
    public IReadOnlyCollection<string> Required { get; init; } = PersonNames.Both;
}

/// <summary>What a sign-up made, and the session it leads to; nothing of it where registration is private and everybody hears the same.</summary>
public sealed record SignedUp<T>(T? Made, SignedIn? SignedIn)
    where T : class;

/// <summary>
/// The steps of every registration, in this order: <see cref="PrepareAsync"/> outside of a transaction; in one, <see cref="AddAsync"/>, the rows of
/// the use case itself, and <see cref="StartSessionAsync"/>. With private registration a taken address is answered like a free one, and its owner
/// is told by mail.
/// </summary>
public sealed class AccountRegistration(AccountsContext context, PasswordWork passwords, AccountMailbox mailbox, SessionStart sessions, TimeProvider time)
{
    /// <summary>A checked user with a hashed password, not saved yet. Errors: 422 by field, 503 too busy.</summary>
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

        var now = time.GetDatabaseNow(); // What a sign-up answers is what is read later.
        var user = User.Create(email!, names, now);
        var hashed = await passwords.HashAsync(user, account.Password, cancellationToken);
        if (!hashed.Succeeded(out var hash, out var busy))
        {
            return busy;
        }

        user.SetPasswordHash(hash, now);
        return user;
    }

    /// <summary>
    /// Saves the user with their membership, and whatever the use case has added to the context. An unproven address gets a mail that asks for proof,
    /// unless the proof is at hand. The error where the address or the user name is taken (400).
    /// </summary>
    public async Task<Error?> AddAsync(
        Caller caller, User user, Guid organizationId, OrganizationRole role, CancellationToken cancellationToken, bool isProofAtHand = false)
    {
        context.Users.Add(user);
        context.Members.Add(new OrganizationMember(organizationId, user.Id, role, user.CreatedAt));
        context.Audit.Add(AuditEntry.For(caller, "account.registered", "account", user.Id, user.CreatedAt, organizationId, user.Id));
        var isAsked = !user.EmailConfirmed && !isProofAtHand;
        if (isAsked && await mailbox.LimitAsync(caller, MailPurpose.Verification, user.NormalizedEmail!, user, cancellationToken) is null)
        {
            mailbox.AddVerification(user, user.CreatedAt);
        }

        return await context.TrySaveAsync(cancellationToken);
    }

    /// <summary>Signs the new person in; null with private registration, where the answer must not tell that the address was free.</summary>
    public async Task<SignedIn?> StartSessionAsync(Caller caller, User user, CancellationToken cancellationToken) =>
        mailbox.IsDiscreet ? null : await sessions.StartAsync(caller, user, cancellationToken);

    /// <summary>
    /// Undoes the sign-up whose address or user name is taken, and answers it: with private registration the owner of the address is told by mail,
    /// unless the mailbox has had too many, and the answer is that of a free one.
    /// </summary>
    public async Task<Result<SignedUp<T>>> AnswerTakenAsync<T>(
        Caller caller, User user, Error taken, DatabaseTransaction transaction, CancellationToken cancellationToken)
        where T : class
    {
        await transaction.RollbackAsync();
        if (!mailbox.IsDiscreet || taken != SavingAccounts.EmailTaken)
        {
            return taken;
        }

        if (await context.Users.AsNoTracking().SingleOrDefaultAsync(row => row.NormalizedEmail == user.NormalizedEmail, cancellationToken) is { } owner)
        {
            await mailbox.TellAlreadyRegisteredAsync(caller, owner, time.GetUtcNow(), cancellationToken);
            await context.SaveChangesAsync(cancellationToken);
        }

        return new SignedUp<T>(null, null);
    }
}
