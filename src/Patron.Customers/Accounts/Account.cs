using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Accounts;

/// <summary>What a customer shows of the account it belongs to (linking.md, 'Ownership').</summary>
public sealed record Account(Guid UserId, string Email, bool EmailVerified, string FirstName, string LastName, string? Phone)
{
    /// <summary>When whoever reads the mailbox took the account from whoever had typed its address.</summary>
    public DateTimeOffset? TakenOverAt { get; init; }

    /// <summary>What callers hear who have no account to ask for.</summary>
    public static Error NotTheirs { get; } = Error.Forbidden("A customer profile belongs to a person's account, and there is none (any more) behind this call.");

    /// <summary>Its phone in E.164, answered where rows hold no copy of it.</summary>
    public string? PhoneE164 { get; init; }

    /// <summary>The phone it has just given up: records that show it have it from here.</summary>
    public string? FormerPhone { get; init; }

    public string FullName => $"{FirstName} {LastName}".Trim();

    public string EmailKey => EmailAddress.KeyOf(Email);
}
