using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Accounts;

/// <summary>The data of an account that customer records show (linking.md, 'Ownership').</summary>
public sealed record Account(Guid UserId, string Email, bool EmailVerified, string FirstName, string LastName, string? Phone)
{
    /// <summary>When the owner of the mailbox took over an account that somebody else had registered with its address.</summary>
    public DateTimeOffset? TakenOverAt { get; init; }

    /// <summary>The 403 for a caller without an active account.</summary>
    public static Error NoAccount { get; } = Error.Forbidden(
        "account_required", "A customer profile belongs to a person's account. Sign in with an active one.");

    /// <summary>The person's language, a tag such as <c>de</c>; null if they have none yet.</summary>
    public string? Language { get; init; }

    /// <summary>The phone in E.164. Set where rows hold no copy of it.</summary>
    public string? PhoneE164 { get; init; }

    /// <summary>The phone before the current change: records that show it drop it.</summary>
    public string? FormerPhone { get; init; }

    public string FullName => $"{FirstName} {LastName}".Trim();

    public string EmailKey => EmailAddress.KeyOf(Email);
}
