using Microsoft.AspNetCore.Identity;
using Patron.Shared.Callers;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>
/// A person's account: the login email, the names, the password. Customer records are linked only after the address is proven (linking.md,
/// 'Proof').
/// </summary>
public sealed class User : IdentityUser<Guid>
{
    private User()
    {
    }

    /// <summary>The user id of source 2.</summary>
    public long Number { get; private set; }

    public string FirstName { get; private set; } = "";

    public string LastName { get; private set; } = "";

    /// <summary>The language of mails and pages, a tag such as <c>de</c> or <c>pt-BR</c>; null if the person has none yet.</summary>
    public string? Language { get; private set; }

    public string FullName => $"{FirstName} {LastName}".Trim();

    /// <summary>A new address that is not proven yet. The old one is used until then.</summary>
    public string? PendingEmail { get; private set; }

    public DateTimeOffset? EmailConfirmedAt { get; private set; }

    /// <summary>
    /// When a person with access to the mailbox took the account over from the one who had registered its address. Earlier links of the
    /// account are not theirs.
    /// </summary>
    public DateTimeOffset? TakenOverAt { get; private set; }

    public bool IsAdmin { get; private set; }

    /// <summary>When the account was disabled.</summary>
    public DateTimeOffset? DisabledAt { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>Creates an account with an unproven address and without a password.</summary>
    public static User Create(EmailAddress email, PersonNames names, DateTimeOffset now)
    {
        var user =
            new User { Id = Guid.CreateVersion7(now), CreatedAt = now, UpdatedAt = now, SecurityStamp = Guid.NewGuid().ToString("N") };
        user.SetEmail(email);
        user.Rename(names, now);
        return user;
    }

    /// <summary>Sets names, phone, username and language, which <see cref="PersonNames.Check"/> has checked.</summary>
    public void Rename(PersonNames names, DateTimeOffset now)
    {
        FirstName = names.FirstName;
        LastName = names.LastName;
        PhoneNumber = names.PhoneNumber;
        UserName = names.UserName;
        NormalizedUserName = names.UserName is null ? null : Folding.Key(names.UserName);
        Language = names.Language;
        UpdatedAt = now;
    }

    public PersonNames Names => new(FirstName, LastName, PhoneNumber, UserName) { Language = Language };

    public void SetPendingEmail(EmailAddress email, DateTimeOffset now)
    {
        PendingEmail = email.Text;
        UpdatedAt = now;
    }

    /// <summary>Makes the proven address the login email.</summary>
    public void ConfirmEmail(EmailAddress email, DateTimeOffset now)
    {
        SetEmail(email);
        EmailConfirmed = true;
        EmailConfirmedAt ??= now;
        PendingEmail = null;
        UpdatedAt = now;
    }

    /// <summary>Replaces the password. The hash was computed outside of a transaction.</summary>
    public void SetPasswordHash(string hash, DateTimeOffset now)
    {
        PasswordHash = hash;
        SecurityStamp = Guid.NewGuid().ToString("N");
        UpdatedAt = now;
    }

    /// <summary>Sets the password hash and the creation time of an imported account.</summary>
    public void SetImportedData(string? hash, DateTimeOffset createdAt)
    {
        PasswordHash = hash;
        CreatedAt = createdAt;
    }

    public void ClearPendingEmail() => PendingEmail = null;

    public void CancelPendingEmail(DateTimeOffset now) => (PendingEmail, UpdatedAt) = (null, now);

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

/// <summary>The role name of a user. Only <c>admin</c> grants permissions (contract, 'Who may do what').</summary>
public static class UserRoles
{
    public const string Customer = "customer";
    public const string Employee = "employee";
    public const string Admin = "admin";

    public static string Of(bool isAdmin, IEnumerable<OrganizationRole> roles)
    {
        if (isAdmin)
        {
            return Admin;
        }

        return roles.Any(role => role != OrganizationRole.Customer) ? Employee : Customer;
    }
}
