using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Shared;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Profiles;

/// <summary>What a person writes on their profile: a function over its details, and what belongs to their account, which is only compared.</summary>
public sealed record ProfileInput(Func<CustomerDetails, CustomerDetails> Apply)
{
    public Optional<string> FirstName { get; init; }

    public Optional<string> LastName { get; init; }

    public Optional<string> Email { get; init; }

    public Optional<string> PhoneNumber { get; init; }

    /// <summary>The versions the caller takes (<c>If-Match</c>); null takes whatever there is.</summary>
    public IReadOnlyCollection<long>? ExpectedVersions { get; init; }

    /// <summary>
    /// The 400 where a value of the account's is another one than it has. With accounts away a difference may be a newer value, and
    /// <paramref name="failure"/> is the answer.
    /// </summary>
    internal Error? Refuse(Account? account, Error? failure)
    {
        var differs = Differs(FirstName, account?.FirstName) ? "first_name"
            : Differs(LastName, account?.LastName) ? "last_name"
            : Differs(Email, account?.Email) && KeyOf(Email.Value) != account?.EmailKey ? "email"
            : Differs(PhoneNumber, account?.Phone) ? "phone_number"
            : null;
        return differs is null ? null
            : failure ?? Error.Rule($"Your account owns {differs}: change it there (PATCH /api/auth/profile/update/). Nothing was changed.");
    }

    private static bool Differs(Optional<string> given, string? known) =>
        given.IsGiven && (TextRules.NullIfBlank(given.Value) ?? "") != (known ?? "");

    private static string? KeyOf(string? email) => EmailAddress.TryParse(email, out var address) ? address.Key : null;
}
