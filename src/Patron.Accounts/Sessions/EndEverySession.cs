using Patron.Shared.Database;

namespace Patron.Accounts.Sessions;

/// <summary>
/// Ends every session of every account, and every mailed code and link, without a check of the caller: after a restore, because those that
/// had ended or were used since would be valid again. Takes effect at once in this process and within a second in others.
/// </summary>
public sealed class EndEverySession(DatabaseSession database, CallerCache callerCache, TimeProvider time)
{
    private const string SessionsSql = "UPDATE accounts.sessions SET ended_at = $1, end_reason = 'restored' WHERE ended_at IS NULL";

    private const string SecretsSql = """
        WITH links AS (UPDATE accounts.challenges SET expires_at = $1 WHERE expires_at > $1),
        setups AS (
            UPDATE accounts.activation_challenges SET link_expires_at = $1, code_expires_at = least(code_expires_at, $1)
            WHERE link_expires_at > $1)
        DELETE FROM accounts.reauthentication_codes
        """;

    /// <summary>Returns the number of ended sessions.</summary>
    public async Task<int> HandleAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(cancellationToken);
        var ended = await database.ExecuteLongAsync(SessionsSql, cancellationToken, time.GetDatabaseNow());
        await database.ExecuteLongAsync(SecretsSql, cancellationToken, time.GetDatabaseNow());
        database.AfterCommit(callerCache.Clear);
        await transaction.CommitAsync(cancellationToken);
        return ended;
    }
}
