using System.Text.Json.Serialization;
using Patron.Accounts.ApiKeys;
using Patron.Accounts.Organizations;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Shared.Callers;

namespace Patron.Dialects.Accounts;

/// <summary>An account as its owner sees it (source 3), at the top level.</summary>
public record AccountAnswer(
    Guid Id, string Email, string FirstName, string LastName, string? PhoneNumber, string UserRole,
    string? Username, bool EmailVerified, string? PendingEmail)
{
    public AccountAnswer(User user, string role)
        : this(user.Id, user.Email!, user.FirstName, user.LastName, user.PhoneNumber, role, user.UserName, user.EmailConfirmed, user.PendingEmail)
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

/// <summary>Source 3, login: the same, with the access token once more under the names OAuth clients look for.</summary>
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

/// <summary>An answer that says only what happens next.</summary>
public sealed record MessageAnswer(string Message);

public sealed record EmptyAnswer;

public sealed record SessionAnswer(Guid Id, DateTimeOffset CreatedAt, DateTimeOffset LastUsedAt, string Address, string? UserAgent, bool Current)
{
    public static SessionAnswer From(Session session, Caller caller) => new(
        session.Id, session.CreatedAt, session.LastUsedAt, session.Address, session.UserAgent, session.Id == caller.SessionId);
}

public sealed record KeyAnswer(Guid Id, string Key, string Name, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt)
{
    public static KeyAnswer From(ApiKey key) => new(key.Id, key.Key, key.Name, key.Scopes, key.CreatedAt, key.ExpiresAt);
}

/// <summary>A new key; <c>credentials</c> holds the secret and is shown this once.</summary>
public sealed record CreatedKeyAnswer(Guid Id, string Key, string Credentials, string Name, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt)
{
    public static CreatedKeyAnswer From(CreatedApiKey created) => new(
        created.Key.Id, created.Key.Key, created.Credentials, created.Key.Name, created.Key.Scopes, created.Key.CreatedAt, created.Key.ExpiresAt);
}

public sealed record MemberAnswer(Guid? User, string Email, string? FirstName, string? LastName, OrganizationRole Role, DateTimeOffset Since)
{
    public static MemberAnswer From(MemberView member) => new(member.UserId, member.Email, member.FirstName, member.LastName, member.Role, member.Since);
}

/// <summary>A page of members, and everybody who is invited and has not answered.</summary>
public sealed record MembersAnswer(int Count, IReadOnlyList<MemberAnswer> Results, IReadOnlyList<MemberAnswer> Invited)
{
    public static MembersAnswer From(MemberPage page) => new(page.Count, [.. page.Members.Select(MemberAnswer.From)], [.. page.Invited.Select(MemberAnswer.From)]);
}

/// <summary>What the caller has become a member of.</summary>
public sealed record MembershipAnswer(Guid Organization, OrganizationRole Role, DateTimeOffset Since);

/// <summary>What a customer record shows of an account.</summary>
public sealed record AccountCardAnswer(
    Guid Id, long Number, string Email, bool EmailVerified, string FirstName, string LastName, string? PhoneNumber, DateTimeOffset? TakenOverAt)
{
    public static AccountCardAnswer From(AccountCard card) => new(
        card.Id, card.Number, card.Email, card.EmailVerified, card.FirstName, card.LastName, card.PhoneNumber, card.TakenOverAt);
}

public sealed record AccountCardsAnswer(IReadOnlyList<AccountCardAnswer> Results)
{
    public static AccountCardsAnswer From(IReadOnlyList<AccountCard> cards) => new([.. cards.Select(AccountCardAnswer.From)]);
}

public sealed record AccountIdsAnswer(IReadOnlyList<Guid> Ids);
