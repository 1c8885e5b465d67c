using System.Text.Json.Serialization;
using Patron.Accounts.ApiKeys;
using Patron.Accounts.Organizations;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Shared.Callers;

namespace Patron.Dialects.Accounts;

/// <summary>The caller's own account (source 3), at the top level of the JSON.</summary>
public record AccountAnswer(
    Guid Id, string Email, string FirstName, string LastName, string? PhoneNumber, string UserRole,
    string? Username, bool EmailVerified, string? PendingEmail, string? Language)
{
    public AccountAnswer(User user, string role)
        : this(
            user.Id, user.Email!, user.FirstName, user.LastName, user.PhoneNumber, role, user.UserName, user.EmailConfirmed,
            user.PendingEmail, user.Language)
    {
    }
}

public sealed record TokensAnswer(string Access, string Refresh);

public sealed record AccessAnswer(string Access);

/// <summary>Source 3, register: the account and its tokens.</summary>
public sealed record RegisteredAnswer : AccountAnswer
{
    public RegisteredAnswer(SignedIn signedIn)
        : base(signedIn.User, signedIn.Role) => Tokens = new TokensAnswer(signedIn.Tokens.Access, signedIn.Tokens.Refresh);

    [JsonPropertyOrder(1)]
    public TokensAnswer Tokens { get; }
}

/// <summary>Source 3, login: the account and its tokens, with the access token also under the names that OAuth clients expect.</summary>
public sealed record LoginAnswer : AccountAnswer
{
    public LoginAnswer(SignedIn signedIn)
        : base(signedIn.User, signedIn.Role) => Tokens = new TokensAnswer(signedIn.Tokens.Access, signedIn.Tokens.Refresh);

    [JsonPropertyOrder(1)]
    public TokensAnswer Tokens { get; }

    [JsonPropertyOrder(2)]
    public string AccessToken => Tokens.Access;

    [JsonPropertyOrder(3)]
    public string TokenType { get; } = "Bearer";
}

/// <summary>An answer with a message only.</summary>
public sealed record MessageAnswer(string Message);

public sealed record EmptyAnswer;

public sealed record SessionAnswer(
    Guid Id, DateTimeOffset CreatedAt, DateTimeOffset LastUsedAt, string Address, string? UserAgent, bool Current)
{
    public static SessionAnswer From(Session session, Caller caller) => new(
        session.Id, session.CreatedAt, session.LastUsedAt, session.Address, session.UserAgent, session.Id == caller.SessionId);
}

/// <summary>
/// An API key without its secret. <c>created_by</c> is null for keys of the command line; <c>last_used_at</c> is exact to the hour.
/// </summary>
public sealed record KeyAnswer(
    Guid Id, string Key, string Name, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, Guid? CreatedBy,
    DateTimeOffset? LastUsedAt)
{
    public static KeyAnswer From(ApiKey key) =>
        new(key.Id, key.Key, key.Name, key.Scopes, key.CreatedAt, key.ExpiresAt, key.CreatedBy, key.LastUsedAt);
}

/// <summary>A new API key. <c>credentials</c> contains the secret, which is shown only once.</summary>
public sealed record CreatedKeyAnswer(
    Guid Id, string Key, string Credentials, string Name, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt)
{
    public static CreatedKeyAnswer From(CreatedApiKey created) => new(
        created.Key.Id, created.Key.Key, created.Credentials, created.Key.Name, created.Key.Scopes, created.Key.CreatedAt,
        created.Key.ExpiresAt);
}

public sealed record MemberAnswer(
    Guid? User, string Email, string? FirstName, string? LastName, OrganizationRole Role, DateTimeOffset Since)
{
    public static MemberAnswer From(MemberView member) =>
        new(member.UserId, member.Email, member.FirstName, member.LastName, member.Role, member.Since);
}

/// <summary>A page of members, and all open invitations.</summary>
public sealed record MembersAnswer(int Count, IReadOnlyList<MemberAnswer> Results, IReadOnlyList<MemberAnswer> Invited)
{
    public static MembersAnswer From(MemberPage page) =>
        new(page.Count, [.. page.Members.Select(MemberAnswer.From)], [.. page.Invited.Select(MemberAnswer.From)]);
}

/// <summary>The caller's new membership.</summary>
public sealed record MembershipAnswer(Guid Organization, OrganizationRole Role, DateTimeOffset Since);

/// <summary>The data of an account that a customer record shows.</summary>
public sealed record AccountCardAnswer(
    Guid Id, long Number, string Email, bool EmailVerified, string FirstName, string LastName, string? PhoneNumber,
    DateTimeOffset? TakenOverAt, string? Language)
{
    public static AccountCardAnswer From(AccountSummary card) => new(
        card.Id, card.Number, card.Email, card.EmailVerified, card.FirstName, card.LastName, card.PhoneNumber, card.TakenOverAt,
        card.Language);
}

public sealed record AccountCardsAnswer(IReadOnlyList<AccountCardAnswer> Results)
{
    public static AccountCardsAnswer From(IReadOnlyList<AccountSummary> cards) => new([.. cards.Select(AccountCardAnswer.From)]);
}

public sealed record AccountIdsAnswer(IReadOnlyList<Guid> Ids);
