using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Profiles;

/// <summary>The values that a person writes on their profile. Values of their account may be among them and are only compared.</summary>
public sealed class ProfileInput(CustomerChanges input)
{
    /// <summary>The versions the caller accepts (<c>If-Match</c>); null accepts any.</summary>
    public IReadOnlyCollection<long>? ExpectedVersions { get; init; }

    /// <summary>The changes of the record.</summary>
    internal CustomerChanges Changes { get; } = input.Where(field => field.Owner != FieldOwner.Account);

    /// <summary>
    /// The 400 for a value that differs from the account's. If accounts are unavailable, a difference may be a newer value, and <paramref
    /// name="failure"/> is returned.
    /// </summary>
    internal Error? CheckAccountValues(Account? account, Error? failure)
    {
        if (FindDifference(account) is not { } differs)
        {
            return null;
        }

        return failure
            ?? Error.Rule(
                "owned_by_account", $"Your account owns {differs}. Change it there (PATCH /api/auth/profile/update/). Nothing was changed.");
    }

    private string? FindDifference(Account? account)
    {
        if (Differs(CustomerSchema.FirstName!, account?.FirstName))
        {
            return "first_name";
        }

        if (Differs(CustomerSchema.LastName!, account?.LastName))
        {
            return "last_name";
        }

        if (Differs(CustomerSchema.Email, account?.Email) && KeyOf(input.ValueOf(CustomerSchema.Email)) != account?.EmailKey)
        {
            return "email";
        }

        if (Differs(CustomerSchema.Phone, account?.Phone))
        {
            return "phone_number";
        }

        return Differs(CustomerSchema.Language, account?.Language) ? "language" : null;
    }

    private bool Differs(Field<Customer, string?> field, string? accountValue) =>
        input.Contains(field) && (input.ValueOf(field) ?? "") != (accountValue ?? "");

    private static string? KeyOf(string? email) => EmailAddress.TryParse(email, out var address) ? address.Key : null;
}
