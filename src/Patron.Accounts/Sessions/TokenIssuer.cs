using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.SigningKeys;
using Patron.Accounts.Users;
using Patron.Shared.Callers;
using Patron.Shared.Tokens;

namespace Patron.Accounts.Sessions;

/// <summary>An access token and its refresh token.</summary>
public sealed record TokenPair(string Access, string Refresh);

/// <summary>Issues the tokens of a session or an API key. Access tokens hold the person's memberships.</summary>
public sealed class TokenIssuer(
    AccountsContext dbContext, SigningKeyRing keys, RefreshTokens refreshTokens, AccessTokenSigner signer, TimeProvider time)
{
    // Many verifiers refuse a token whose iat is later than their own clock, even by a second.
    private static readonly TimeSpan ClockDifference = TimeSpan.FromSeconds(10);

    public async Task<SignedIn> IssueAsync(User user, Guid sessionId, int generation, CancellationToken cancellationToken)
    {
        var memberships = await MembershipsAsync(user.Id, cancellationToken);
        var role = UserRoles.Of(user.IsAdmin, memberships.Select(membership => membership.Role));
        var now = time.GetUtcNow();
        var claims = CreateClaims(user.Id.ToString(), role, now) with
        {
            UserId = user.Id,
            Email = user.Email,
            EmailVerified = user.EmailConfirmed,
            FirstName = user.FirstName,
            LastName = user.LastName,
            SessionId = sessionId,
            Memberships = memberships,
        };
        return new SignedIn(
            user, role, new TokenPair(await SignAsync(claims, cancellationToken), refreshTokens.Write(sessionId, generation)), sessionId);
    }

    /// <summary>Issues an access token for an API key, for services that accept only tokens.</summary>
    public Task<string> IssueAsync(ApiKeyGrant key, CancellationToken cancellationToken) =>
        SignAsync(CreateClaims($"key:{key.Id}", UserRoles.Employee, time.GetUtcNow()) with { Key = key }, cancellationToken);

    private AccessTokenClaims CreateClaims(string subject, string role, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now).ToString("N"),
        Subject = subject,
        UserRole = role,
        IssuedAt = now - ClockDifference,
        ExpiresAt = now + signer.Lifetime,
    };

    private async Task<string> SignAsync(AccessTokenClaims claims, CancellationToken cancellationToken) =>
        signer.Sign(claims, await keys.CurrentAsync(cancellationToken));

    private Task<List<Membership>> MembershipsAsync(Guid userId, CancellationToken cancellationToken) => (
        from member in dbContext.Members
        join organization in dbContext.Organizations on member.OrganizationId equals organization.Id
        where member.UserId == userId
        orderby organization.IsHome descending, organization.Number
        select new Membership(member.OrganizationId, organization.Number, member.Role)).ToListAsync(cancellationToken);
}
