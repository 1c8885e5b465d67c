namespace Patron.Accounts.Users;

/// <summary>What a customer record shows of the account it is linked to.</summary>
public sealed record AccountCard(Guid Id, long Number, string Email, bool EmailVerified, string FirstName, string LastName, string? PhoneNumber);
