using Patron.Shared;

namespace Patron.Dialects.Accounts;

// What is required has no default here; the reference shows it so. Whether it was sent is a rule of the core (422 by field).

/// <summary>Source 3, register. The user name is optional.</summary>
public sealed record RegisterRequest(
    string? Email, string? FirstName, string? LastName, string? Password1, string? Password2, string? PhoneNumber = null, string? Username = null);

/// <summary>Sign-in by e-mail, or by user name in either field.</summary>
public sealed record LoginRequest(string? Password, string? Email = null, string? Username = null);

public sealed record RefreshRequest(string? Refresh);

public sealed record TokenRequest(string? Token);

/// <summary>What is left out stays; a new e-mail needs <c>current_password</c>.</summary>
public sealed record UpdateProfileRequest
{
    public Optional<string> Email { get; init; }

    public Optional<string> FirstName { get; init; }

    public Optional<string> LastName { get; init; }

    public Optional<string> PhoneNumber { get; init; }

    public Optional<string> Username { get; init; }

    public string? CurrentPassword { get; init; }
}

public sealed record ChangePasswordRequest(string? CurrentPassword, string? Password1, string? Password2);

/// <summary>Every address gets the same answer, and so does none.</summary>
public sealed record ForgotPasswordRequest(string? Email = null);

public sealed record ResetPasswordRequest(string? Token, string? Password1, string? Password2);

/// <summary>The token from the mail; with the account's session, else its password, else a new password given twice.</summary>
public sealed record VerifyEmailRequest(string? Token, string? Password = null, string? Password1 = null, string? Password2 = null);

public sealed record InvitationRequest(string? Email, string? Role);

public sealed record CreateKeyRequest(string? Name, IReadOnlyList<string>? Scopes, int? ExpiresInDays = null);

/// <summary>Either ids or e-mail addresses, at most 1 000 of them.</summary>
public sealed record AccountLookUpRequest(IReadOnlyList<Guid>? Ids = null, IReadOnlyList<string>? Emails = null);

/// <summary>What is left out, null or blank asks for nothing.</summary>
public sealed record AccountSearchRequest(
    string? Query = null, string? FirstName = null, string? LastName = null, string? Email = null, string? Phone = null);
