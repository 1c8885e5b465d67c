using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.SigningKeys;
using Patron.Accounts.Users;
using Patron.Shared.Callers;
using Patron.Shared.Tokens;

namespace Patron.Accounts.Sessions;

/// <summary>An access token and the refresh token that follows it.</summary>
public sealed record TokenPair(string Access, string Refresh);

/// <summary>Makes the tokens of a session and of an API key; the person's memberships travel in them.</summary>
public sealed class TokenIssuer(
    AccountsContext context, SigningKeyRing keys, RefreshTokens refreshTokens, AccessTokenSigner signer, TimeProvider time)
{
    public async Task<SignedIn> IssueAsync(User user, Guid sessionId, int generation, CancellationToken cancellationToken)
    {
        var memberships = await MembershipsAsync(user.Id, cancellationToken);
        var role = UserRoles.Of(user.IsAdmin, memberships.Select(membership => membership.Role));
        var now = time.GetUtcNow();
        var claims = Blank(user.Id.ToString(), role, now) with
        {
            UserId = user.Id,
            Email = user.Email,
            EmailVerified = user.EmailConfirmed,
            FirstName = user.FirstName,
            LastName = user.LastName,
            SessionId = sessionId,
            Memberships = memberships,
        };
        return new SignedIn(user, role, new TokenPair(await SignAsync(claims, cancellationToken), refreshTokens.Write(sessionId, generation)), sessionId);
    }

    /// <summary>An access token that stands for an API key, for services that take tokens only.</summary>
    public Task<string> IssueAsync(ApiKeyGrant key, CancellationToken cancellationToken) =>
        SignAsync(Blank($"key:{key.Id}", UserRoles.Employee, time.GetUtcNow()) with { Key = key }, cancellationToken);

    private AccessTokenClaims Blank(string subject, string role, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now).ToString("N"),
        Subject = subject,
        UserRole = role,
        IssuedAt = now,
        ExpiresAt = now + signer.Lifetime,
    };

    private async Task<string> SignAsync(AccessTokenClaims claims, CancellationToken cancellationToken) =>
        signer.Sign(claims, await keys.CurrentAsync(cancellationToken));

    private Task<List<Membership>> MembershipsAsync(Guid userId, CancellationToken cancellationToken) => (
        from member in context.Members
        join organization in context.Organizations on member.OrganizationId equals organization.Id
        where member.UserId == userId
        orderby organization.IsHome descending, organization.Number
        select new Membership(member.OrganizationId, organization.Number, member.Role)).ToListAsync(cancellationToken);
}
