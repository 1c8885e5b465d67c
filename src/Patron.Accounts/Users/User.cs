using Microsoft.AspNetCore.Identity;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>
/// A person's account: the login e-mail, the personal names, the ways to sign in. Its e-mail may be unproven; then nothing
/// that waits is linked to it (linking.md, 'Proof').
/// </summary>
public sealed class User : IdentityUser<Guid>
{
    private User()
    {
    }

    /// <summary>The number that source 2 calls the user's id.</summary>
    public long Number { get; private set; }

    public string FirstName { get; private set; } = "";

    public string LastName { get; private set; } = "";

    public string FullName => $"{FirstName} {LastName}".Trim();

    /// <summary>A new address that has not been proven yet; the old one stands until then.</summary>
    public string? PendingEmail { get; private set; }

    public DateTimeOffset? EmailConfirmedAt { get; private set; }

    /// <summary>When whoever reads the mailbox took the account from whoever had typed its address; what was tied to it before is not theirs.</summary>
    public DateTimeOffset? TakenOverAt { get; private set; }

    public bool IsAdmin { get; private set; }

    /// <summary>Since when the account may not sign in.</summary>
    public DateTimeOffset? DisabledAt { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>A new account with an unproven address and no password yet.</summary>
    public static User Create(EmailAddress email, PersonNames names, DateTimeOffset now)
    {
        var user = new User { Id = Guid.CreateVersion7(now), CreatedAt = now, UpdatedAt = now, SecurityStamp = Guid.NewGuid().ToString("N") };
        user.SetEmail(email);
        user.Rename(names, now);
        return user;
    }

    /// <summary>Takes over names, phone and user name; they have been checked by <see cref="PersonNames.Check"/>.</summary>
    public void Rename(PersonNames names, DateTimeOffset now)
    {
        FirstName = names.FirstName;
        LastName = names.LastName;
        PhoneNumber = names.PhoneNumber;
        UserName = names.UserName;
        NormalizedUserName = names.UserName is null ? null : Folding.Key(names.UserName);
        UpdatedAt = now;
    }

    public PersonNames Names => new(FirstName, LastName, PhoneNumber, UserName);

    public void AwaitNewEmail(EmailAddress email, DateTimeOffset now)
    {
        PendingEmail = email.Text;
        UpdatedAt = now;
    }

    /// <summary>The mailbox has been proven: the address it is about becomes the login e-mail.</summary>
    public void ConfirmEmail(EmailAddress email, DateTimeOffset now)
    {
        SetEmail(email);
        EmailConfirmed = true;
        EmailConfirmedAt ??= now;
        PendingEmail = null;
        UpdatedAt = now;
    }

    /// <summary>Replaces the password; the hash was computed outside any transaction.</summary>
    public void SetPasswordHash(string hash, DateTimeOffset now)
    {
        PasswordHash = hash;
        SecurityStamp = Guid.NewGuid().ToString("N");
        UpdatedAt = now;
    }

    /// <summary>Takes over a password that another system hashed, and since when the person has had an account there.</summary>
    public void ComeFromElsewhere(string? hash, DateTimeOffset since)
    {
        PasswordHash = hash;
        CreatedAt = since;
    }

    public void ForgetPendingEmail() => PendingEmail = null;

    public void TakeOver(DateTimeOffset now) => TakenOverAt = now;

    public void MakeAdmin() => IsAdmin = true;

    public void Disable(DateTimeOffset now) => DisabledAt ??= now;

    public void Enable() => DisabledAt = null;

    private void SetEmail(EmailAddress email)
    {
        Email = email.Text;
        NormalizedEmail = email.Key;
    }
}
