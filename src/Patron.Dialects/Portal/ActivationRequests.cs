namespace Patron.Dialects.Portal;

// Required parameters have no default; the API reference then shows them as required. The core checks whether they were sent (422 by
// field).

/// <summary>Source 4, check-email.</summary>
public sealed record CheckEmailRequest(string? Email);

/// <summary>
/// Source 4, quick-setup. The second request also contains the challenge id of the first answer and the code from the mail.
/// </summary>
public sealed record QuickSetupRequest(
    string? Email, string? Password, string? PasswordConfirmation, Guid? ChallengeId = null, string? Code = null);

/// <summary>Requests a setup link. The answer is the same for every address.</summary>
public sealed record SetupLinkRequest(string? Email);

/// <summary>The token from the link in the mail and the first password.</summary>
public sealed record SetPasswordRequest(string? Token, string? Password, string? PasswordConfirmation);
