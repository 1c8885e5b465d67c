using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Passwords;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>A change to one's own account: names as they should be, and perhaps a new e-mail with the current password.</summary>
public sealed record AccountChange(Func<PersonNames, PersonNames> Names, string? NewEmail, string? CurrentPassword)
{
    /// <summary>The names that the caller's interface never leaves empty.</summary>
    public IReadOnlyCollection<string> Required { get; init; } = PersonNames.Both;
}

/// <summary>
/// Changes the caller's own names, phone, user name and e-mail, all or nothing. A new e-mail needs the current password and
/// stays pending until its mailbox is proven; the old one is told. Errors: 400 rule, 422 by field, 429 too many wrong passwords.
/// </summary>
public sealed class UpdateAccount(
    AccountsContext context, PasswordWork passwords, AccountMailbox mailbox, ICustomerRecords records, DatabaseSession database, TimeProvider time)
{
    private static readonly Error PasswordNeeded = Error.Rule("A new e-mail address needs the current password: send it as current_password.");

    public async Task<Result<AccountView>> HandleAsync(Caller caller, AccountChange change, CancellationToken cancellationToken)
    {
        var user = await context.Users.SingleAsync(row => row.Id == caller.UserId, cancellationToken);
        var errors = new FieldErrors();
        var names = change.Names(user.Names).Check(errors, user.Names.Among(change.Required));
        EmailAddress? email = null;
        if (change.NewEmail is not null && !EmailAddress.TryParse(change.NewEmail, out email))
        {
            errors.Add("email", EmailAddress.Rule(change.NewEmail));
        }

        if (errors.Any)
        {
            return errors.ToError();
        }

        var newEmail = email?.Key == user.NormalizedEmail ? null : email;
        if (newEmail is not null && await EmailRefusalAsync(caller, user, newEmail, change.CurrentPassword, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        if (names == user.Names && newEmail is null)
        {
            return await context.ViewAsync(user, cancellationToken);
        }

        // On the locked account, so that two changes at once are both there afterwards, and an e-mail changes only with the password that was checked.
        var checkedStamp = user.SecurityStamp;
        await using var transaction = await database.BeginAsync(cancellationToken);
        await context.LockAsync(user, cancellationToken);
        if (newEmail is not null && user.SecurityStamp != checkedStamp)
        {
            return ChangePassword.CurrentIsWrong;
        }

        var now = time.GetUtcNow();
        var before = (user.Names, user.PendingEmail);
        user.Rename(change.Names(user.Names).Check(new FieldErrors(), required: []), now);
        if (newEmail is not null)
        {
            user.AwaitNewEmail(newEmail, now);
            await mailbox.AddEmailChangeAsync(caller, user, now, cancellationToken);
        }

        var changed = NamesDiff.Of(before, (user.Names, user.PendingEmail));
        context.Audit.Add(AuditEntry.For(caller, "account.changed", "account", user.Id, now, before: changed.Before, after: changed.After));
        if (await context.TrySaveAsync(cancellationToken) is { } taken)
        {
            return taken;
        }

        await records.AccountChangedAsync(caller, user, before.Names, cancellationToken);
        return await transaction.CommitAsync(await context.ViewAsync(user, cancellationToken), cancellationToken);
    }

    private async Task<Error?> EmailRefusalAsync(Caller caller, User user, EmailAddress email, string? password, CancellationToken cancellationToken)
    {
        if (password is null)
        {
            return PasswordNeeded;
        }

        if (await passwords.RefusalAsync(user, user.Id.ToString(), password, ChangePassword.CurrentIsWrong, cancellationToken) is { } wrong)
        {
            return wrong;
        }

        // With private registration the mailbox's owner alone hears of it: a taken address is refused when it is proven.
        return !mailbox.IsDiscreet && await context.Users.AnyAsync(row => row.NormalizedEmail == email.Key, cancellationToken)
            ? SavingAccounts.EmailTaken
            : await mailbox.LimitAsync(caller, MailPurpose.EmailChange, email.Key, user, cancellationToken);
    }
}
