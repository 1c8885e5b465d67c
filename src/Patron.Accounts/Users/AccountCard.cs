namespace Patron.Accounts.Users;

/// <summary>What a customer record shows of the account it is linked to.</summary>
public sealed record AccountCard(Guid Id, long Number, string Email, bool EmailVerified, string FirstName, string LastName, string? PhoneNumber)
{
    /// <summary>When whoever reads the mailbox took the account from whoever had typed its address.</summary>
    public DateTimeOffset? TakenOverAt { get; init; }
}
