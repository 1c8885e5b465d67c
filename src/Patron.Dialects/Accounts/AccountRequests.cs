using Patron.Shared;

namespace Patron.Dialects.Accounts;

// Required parameters have no default; the API reference then shows them as required. The core checks whether they were sent (422 by
// field).

/// <summary>Source 3, register. Without a language the account gets the request's (<c>Accept-Language</c>).</summary>
public sealed record RegisterRequest(
    string? Email, string? FirstName, string? LastName, string? Password1, string? Password2, string? PhoneNumber = null,
    string? Username = null, string? Language = null);

/// <summary>Sign-in by email, or by username in either field.</summary>
public sealed record LoginRequest(string? Password, string? Email = null, string? Username = null);

public sealed record RefreshRequest(string? Refresh);

/// <summary>Either the password or a mailed code.</summary>
public sealed record ReauthenticateRequest(string? Password = null, string? Code = null);

public sealed record TokenRequest(string? Token);

/// <summary>Omitted fields stay unchanged. A new email address needs <c>current_password</c>.</summary>
public sealed record UpdateProfileRequest
{
    public Optional<string> Email { get; init; }

    public Optional<string> FirstName { get; init; }

    public Optional<string> LastName { get; init; }

    public Optional<string> PhoneNumber { get; init; }

    public Optional<string> Username { get; init; }

    public Optional<string> Language { get; init; }

    public string? CurrentPassword { get; init; }
}

public sealed record ChangePasswordRequest(string? CurrentPassword, string? Password1, string? Password2);

/// <summary>Requests a password reset. The answer is the same for every address, and without one.</summary>
public sealed record ForgotPasswordRequest(string? Email = null);

public sealed record ResetPasswordRequest(string? Token, string? Password1, string? Password2);

/// <summary>The token from the mail. Without a session of the account, it also needs the password, or a new password given twice.</summary>
public sealed record VerifyEmailRequest(string? Token, string? Password = null, string? Password1 = null, string? Password2 = null);

public sealed record InvitationRequest(string? Email, string? Role);

public sealed record CreateKeyRequest(string? Name, IReadOnlyList<string>? Scopes, int? ExpiresInDays = null);

/// <summary>Either ids or email addresses, at most 1 000.</summary>
public sealed record AccountLookUpRequest(IReadOnlyList<Guid>? Ids = null, IReadOnlyList<string>? Emails = null);

/// <summary>The criteria of a search. Omitted, null and blank fields are ignored.</summary>
public sealed record AccountSearchRequest(
    string? Query = null, string? FirstName = null, string? LastName = null, string? Email = null, string? Phone = null);
