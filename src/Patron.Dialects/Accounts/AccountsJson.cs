using System.Text.Json.Serialization;

namespace Patron.Dialects.Accounts;

/// <summary>JSON of the accounts dialect.</summary>
[JsonSerializable(typeof(RegisterRequest))]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(ReauthenticateRequest))]
[JsonSerializable(typeof(RefreshRequest))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(UpdateProfileRequest))]
[JsonSerializable(typeof(ChangePasswordRequest))]
[JsonSerializable(typeof(ForgotPasswordRequest))]
[JsonSerializable(typeof(ResetPasswordRequest))]
[JsonSerializable(typeof(VerifyEmailRequest))]
[JsonSerializable(typeof(InvitationRequest))]
[JsonSerializable(typeof(CreateKeyRequest))]
[JsonSerializable(typeof(AccountLookUpRequest))]
[JsonSerializable(typeof(AccountSearchRequest))]
[JsonSerializable(typeof(AccountAnswer))]
[JsonSerializable(typeof(RegisteredAnswer))]
[JsonSerializable(typeof(LoginAnswer))]
[JsonSerializable(typeof(TokensAnswer))]
[JsonSerializable(typeof(AccessAnswer))]
[JsonSerializable(typeof(MessageAnswer))]
[JsonSerializable(typeof(EmptyAnswer))]
[JsonSerializable(typeof(IEnumerable<SessionAnswer>))]
[JsonSerializable(typeof(IEnumerable<KeyAnswer>))]
[JsonSerializable(typeof(CreatedKeyAnswer))]
[JsonSerializable(typeof(MembersAnswer))]
[JsonSerializable(typeof(MembershipAnswer))]
[JsonSerializable(typeof(AccountCardsAnswer))]
[JsonSerializable(typeof(AccountIdsAnswer))]
internal sealed partial class AccountsJson : JsonSerializerContext;
