using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Profiles;

/// <summary>What a person writes on their profile. What belongs to their account may be among it as it is, and is only compared.</summary>
public sealed class ProfileInput(CustomerChanges given)
{
    /// <summary>The versions the caller takes (<c>If-Match</c>); null takes whatever there is.</summary>
    public IReadOnlyCollection<long>? ExpectedVersions { get; init; }

    /// <summary>What is to be changed on the record.</summary>
    internal CustomerChanges Changes { get; } = given.Where(field => field.Owner != FieldOwner.Account);

    /// <summary>
    /// The 400 where a value of the account's is another one than it has. With accounts away a difference may be a newer value, and
    /// <paramref name="failure"/> is the answer.
    /// </summary>
    internal Error? Refuse(Account? account, Error? failure)
    {
        var differs = Differs(CustomerSchema.FirstName!, account?.FirstName) ? "first_name"
            : Differs(CustomerSchema.LastName!, account?.LastName) ? "last_name"
            : Differs(CustomerSchema.Email, account?.Email) && KeyOf(given.ValueOf(CustomerSchema.Email)) != account?.EmailKey ? "email"
            : Differs(CustomerSchema.Phone, account?.Phone) ? "phone_number"
            : null;
        return differs is null ? null
            : failure ?? Error.Rule($"Your account owns {differs}: change it there (PATCH /api/auth/profile/update/). Nothing was changed.");
    }

    private bool Differs(Field<Customer, string?> field, string? known) => given.Names(field) && (given.ValueOf(field) ?? "") != (known ?? "");

    private static string? KeyOf(string? email) => EmailAddress.TryParse(email, out var address) ? address.Key : null;
}
