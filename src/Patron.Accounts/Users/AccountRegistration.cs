using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Organizations;
using Patron.Accounts.Passwords;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>What somebody gives to open an account.</summary>
public sealed record NewAccount(string Email, AccountNames Names, string Password)
{
    /// <summary>The names that the caller's interface wants filled.</summary>
    public IReadOnlyCollection<string> Required { get; init; } = AccountNames.Both;
}

/// <summary>How every door opens an account: checks and hashing first, outside a transaction; then the rows, inside the caller's.</summary>
public sealed class AccountRegistration(
    AccountsContext context, PasswordWork passwords, AccountMailbox mailbox, MailBudgets budgets, TimeProvider time)
{
    /// <summary>A checked user with a hashed password, not saved yet. Errors: 422 by field, 503 too busy.</summary>
    public async Task<Result<User>> PrepareAsync(NewAccount account, CancellationToken cancellation)
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
        var hashed = await passwords.HashAsync(user, account.Password, cancellation);
        if (!hashed.Succeeded(out var hash, out var busy))
        {
            return busy;
        }

        user.SetPasswordHash(hash, now);
        return user;
    }

    /// <summary>
    /// Saves the user and their membership and announces them; an unproven address gets its mail. <paramref name="isProven"/> is false where a
    /// confirmed one was only believed. Errors: 400 address or user name taken.
    /// </summary>
    public async Task<Result<User>> AddAsync(
        Caller caller, User user, Guid organizationId, OrganizationRole role, CancellationToken cancellation, bool isProven = true)
    {
        context.Users.Add(user);
        context.Members.Add(new OrganizationMember(organizationId, user.Id, role, user.CreatedAt));
        context.Audit.Add(AuditEntry.For(caller, "account.registered", "account", user.Id, user.CreatedAt, organizationId, user.Id));
        if (!user.EmailConfirmed && await budgets.TryTakeAsync(caller, MailPurpose.Verification, user.NormalizedEmail!, MailSubject.Of(user), cancellation))
        {
            mailbox.AddVerification(user, user.CreatedAt);
        }

        if (await context.TrySaveAsync(cancellation) is { } taken)
        {
            return taken;
        }

        await mailbox.AnnounceAsync(new AccountEvent(caller, AccountEventKind.Registered, [user]) { IsBelieved = !isProven }, cancellation);
        return user;
    }

    /// <summary>Tells the owner of an address by mail that somebody tried to register it, while the mailbox has not had too many: all that private registration lets on.</summary>
    public async Task TellOwnerAsync(Caller caller, string normalizedEmail, CancellationToken cancellation)
    {
        if (await context.Users.AsNoTracking().SingleOrDefaultAsync(user => user.NormalizedEmail == normalizedEmail, cancellation) is { } owner)
        {
            await mailbox.TellAlreadyRegisteredAsync(caller, owner, time.GetUtcNow(), cancellation);
            await context.SaveChangesAsync(cancellation);
        }
    }
}
