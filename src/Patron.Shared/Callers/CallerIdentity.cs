namespace Patron.Shared.Callers;

/// <summary>What an access token says of its person, as it was when the token was issued.</summary>
public sealed record CallerIdentity(string Email, bool EmailVerified, string FirstName, string LastName);
