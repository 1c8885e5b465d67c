using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Passwords;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>A change of the caller's own account: the new names, and optionally a new email address with the current password.</summary>
public sealed record AccountChange(Func<PersonNames, PersonNames> Names, string? NewEmail, string? CurrentPassword)
{
    /// <summary>The name fields that must not be emptied.</summary>
    public IReadOnlyCollection<string> Required { get; init; } = PersonNames.Both;
}

/// <summary>
/// Changes the caller's names, phone, username, language and email address, all or nothing. A new address needs the current password and stays
/// pending until it is proven; the old one is notified. Errors: 400 rule, 422 by field, 429 too many wrong passwords.
/// </summary>
public sealed class UpdateAccount(
    AccountsContext dbContext, PasswordHashing passwords, AccountMailbox mailbox, ICustomerRecords records, DatabaseSession database,
    TimeProvider time)
{
    private static readonly Error PasswordNeeded = Error.Rule(
        "password_required", "Enter your current password to change your email address (current_password).");

    public async Task<Result<AccountView>> HandleAsync(Caller caller, AccountChange change, CancellationToken cancellationToken)
    {
        var user = await dbContext.Users.SingleAsync(row => row.Id == caller.UserId, cancellationToken);
        var errors = new FieldErrors();
        var names = change.Names(user.Names).Check(errors, user.Names.Filled(change.Required));
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
        if (newEmail is not null
            && await EmailRefusalAsync(caller, user, newEmail, change.CurrentPassword, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        if (names == user.Names && newEmail is null)
        {
            return await dbContext.ViewAsync(user, cancellationToken);
        }

        // Lock the account, so that concurrent changes are all kept, and the address changes only with the password that was checked.
        var checkedStamp = user.SecurityStamp;
        await using var transaction = await database.BeginAsync(cancellationToken);
        await dbContext.LockAsync(user, cancellationToken);
        if (newEmail is not null && user.SecurityStamp != checkedStamp)
        {
            return ChangePassword.CurrentIsWrong;
        }

        var now = time.GetUtcNow();
        var before = (user.Names, user.PendingEmail);
        user.Rename(change.Names(user.Names).Check(new FieldErrors(), required: []), now);
        if (newEmail is not null)
        {
            user.SetPendingEmail(newEmail, now);
            await mailbox.AddEmailChangeAsync(caller, user, now, cancellationToken);
        }

        var changed = AccountDiff.Of(before, (user.Names, user.PendingEmail));
        dbContext.Audit.Add(
            AuditEntry.For(caller, "account.changed", "account", user.Id, now, before: changed.Before, after: changed.After));
        if (await dbContext.TrySaveAsync(cancellationToken) is { } taken)
        {
            return taken;
        }

        await records.AccountChangedAsync(caller, user, before.Names, cancellationToken);
        return await transaction.CommitAsync(await dbContext.ViewAsync(user, cancellationToken), cancellationToken);
    }

    private async Task<Error?> EmailRefusalAsync(
        Caller caller, User user, EmailAddress email, string? password, CancellationToken cancellationToken)
    {
        if (password is null)
        {
            return PasswordNeeded;
        }

        if (await passwords.VerifyAsync(user, user.Id.ToString(), password, ChangePassword.CurrentIsWrong, cancellationToken) is { } wrong)
        {
            return wrong;
        }

        // With private registration only the mailbox may reveal that the address is taken: it is refused when it is proven.
        return !mailbox.IsRegistrationPrivate && await dbContext.Users.AnyAsync(row => row.NormalizedEmail == email.Key, cancellationToken)
            ? AccountsContextExtensions.EmailTaken
            : await mailbox.AcquireAsync(caller, MailPurpose.EmailChange, email.Key, user, cancellationToken);
    }
}

/// <summary>The changes of an account, for the audit log.</summary>
internal static class AccountDiff
{
    public static FieldDiff Of((PersonNames Names, string? PendingEmail) before, (PersonNames Names, string? PendingEmail) after) =>
        new FieldDiff()
        .Compare("first_name", before.Names.FirstName, after.Names.FirstName)
        .Compare("last_name", before.Names.LastName, after.Names.LastName)
        .Compare("phone_number", before.Names.PhoneNumber, after.Names.PhoneNumber)
        .Compare("language", before.Names.Language, after.Names.Language)
        .Compare("username", before.Names.UserName, after.Names.UserName)
        .Compare("pending_email", before.PendingEmail, after.PendingEmail);
}
