using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Patron.Accounts.Database;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Sessions;

/// <summary>
/// Exchanges a refresh token for its successor and a new access token. One UPDATE decides: the current generation is rotated; the previous
/// one, within the leeway, gets the same successor again; an older one is a reuse and ends the session. Errors: 401.
/// </summary>
public sealed class RefreshSession(
    AccountsContext dbContext, DatabaseSession database, RefreshTokens refreshTokens, TokenIssuer issuer, IOptions<AccountsOptions> options,
    TimeProvider time)
{
    private static readonly Error Refused = Error.Unauthenticated(
        "refresh_token_expired", "This refresh token has expired or was revoked. Sign in again.");

    public async Task<Result<SignedIn>> HandleAsync(Caller caller, string? token, CancellationToken cancellationToken)
    {
        if (refreshTokens.Read(token) is not { } content)
        {
            return Refused;
        }

        if (await RotateAsync(caller.Origin, content, cancellationToken) is not { EndedAt: null } rotated)
        {
            return Refused;
        }

        var user = await dbContext.Users.AsNoTracking().SingleAsync(row => row.Id == rotated.UserId, cancellationToken);
        return await issuer.IssueAsync(user, content.SessionId, rotated.Generation, cancellationToken);
    }

    private sealed record Rotated(Guid UserId, int Generation, DateTimeOffset? EndedAt);

    // One statement rotates or ends the session and writes the audit entry of a reuse. Every right-hand side sees the row as it was before
    // the statement; a concurrent request waits for the row lock and sees the new values.
    private async Task<Rotated?> RotateAsync(RequestOrigin origin, RefreshTokenContent token, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var settings = options.Value;
        var rows = await dbContext.Database.SqlQuery<Rotated>(
            $"""
            WITH rotated AS (
            UPDATE accounts.sessions AS s SET
                generation = CASE WHEN s.generation = {token.Generation} THEN s.generation + 1 ELSE s.generation END,
                rotated_at = CASE WHEN s.generation = {token.Generation} THEN {now} ELSE s.rotated_at END,
                last_used_at = {now},
                address = {origin.Address},
                user_agent = {origin.UserAgent},
                ended_at = CASE WHEN s.generation = {token.Generation}
                    OR (s.generation = {token.Generation} + 1 AND s.rotated_at > {now - settings.RefreshLeeway}) THEN NULL ELSE {now} END,
                end_reason = CASE WHEN s.generation = {token.Generation}
                    OR (s.generation = {token.Generation} + 1 AND s.rotated_at > {now - settings.RefreshLeeway}) THEN NULL ELSE 'reuse' END
            FROM accounts.users AS u
            WHERE s.id = {token.SessionId} AND u.id = s.user_id AND u.disabled_at IS NULL AND (u.email_confirmed OR NOT {settings.PrivateRegistration})
                AND s.ended_at IS NULL AND s.expires_at > {now} AND s.last_used_at > {now - settings.SessionIdleLife}
            RETURNING s.user_id, s.generation, s.ended_at
            ), audited AS (
                INSERT INTO shared.audit_entries (at, action, subject_type, subject_id, actor_user_id, address, user_agent)
                SELECT {now}, 'session.reused', 'account', user_id, user_id, {origin.Address}, {origin.UserAgent} FROM rotated WHERE ended_at IS NOT NULL
            )
            SELECT user_id AS "UserId", generation AS "Generation", ended_at AS "EndedAt" FROM rotated
            """).ToListAsync(cancellationToken);
        database.ThrowIfNotReplicated();
        return rows.SingleOrDefault();
    }
}
