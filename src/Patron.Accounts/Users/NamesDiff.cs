using System.Text.Json.Nodes;

namespace Patron.Accounts.Users;

/// <summary>What an account's change was, for the audit log: the changed fields as they were and as they are.</summary>
internal sealed record NamesDiff(string? Before, string? After)
{
    public static NamesDiff Of((AccountNames Names, string? PendingEmail) before, (AccountNames Names, string? PendingEmail) after)
    {
        var old = new JsonObject();
        var now = new JsonObject();
        Compare("first_name", before.Names.FirstName, after.Names.FirstName);
        Compare("last_name", before.Names.LastName, after.Names.LastName);
        Compare("phone_number", before.Names.PhoneNumber, after.Names.PhoneNumber);
        Compare("username", before.Names.UserName, after.Names.UserName);
        Compare("pending_email", before.PendingEmail, after.PendingEmail);
        return old.Count == 0 ? new NamesDiff(null, null) : new NamesDiff(old.ToJsonString(), now.ToJsonString());

        void Compare(string field, string? was, string? becomes)
        {
            if (!string.Equals(was, becomes, StringComparison.Ordinal))
            {
                old[field] = was;
                now[field] = becomes;
            }
        }
    }
}
