namespace Patron.Dialects.Portal;

// What is required has no default here; the reference shows it so. Whether it was sent is a rule of the core (422 by field).

/// <summary>Source 4, check-email.</summary>
public sealed record CheckEmailRequest(string? Email);

/// <summary>Source 4, quick-setup; with the code from the mail and the challenge it answers, where the first answer asked for them.</summary>
public sealed record QuickSetupRequest(string? Email, string? Password, string? PasswordConfirmation, Guid? ChallengeId = null, string? Code = null);

/// <summary>Every address gets the same answer.</summary>
public sealed record SetupLinkRequest(string? Email);

/// <summary>The token from the link in the mail, and the first password.</summary>
public sealed record SetPasswordRequest(string? Token, string? Password, string? PasswordConfirmation);
