using System.Text.Json.Nodes;

namespace Patron.Accounts.Users;

/// <summary>What an account's change was, for the audit log: the changed fields as they were and as they are.</summary>
internal sealed record NamesDiff(string? Before, string? After)
{
    public static NamesDiff Of(AccountNames before, AccountNames after)
    {
        var old = new JsonObject();
        var now = new JsonObject();
        Compare("first_name", before.FirstName, after.FirstName);
        Compare("last_name", before.LastName, after.LastName);
        Compare("phone_number", before.PhoneNumber, after.PhoneNumber);
        Compare("username", before.UserName, after.UserName);
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
