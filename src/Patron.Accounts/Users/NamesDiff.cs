using Patron.Shared.Audit;

namespace Patron.Accounts.Users;

/// <summary>What an account's change was, for the audit log.</summary>
internal static class NamesDiff
{
    public static FieldDiff Of((PersonNames Names, string? PendingEmail) before, (PersonNames Names, string? PendingEmail) after) => new FieldDiff()
        .Compare("first_name", before.Names.FirstName, after.Names.FirstName)
        .Compare("last_name", before.Names.LastName, after.Names.LastName)
        .Compare("phone_number", before.Names.PhoneNumber, after.Names.PhoneNumber)
        .Compare("username", before.Names.UserName, after.Names.UserName)
        .Compare("pending_email", before.PendingEmail, after.PendingEmail);
}
