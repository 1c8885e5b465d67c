using Npgsql;
using Patron.Shared.Database;

namespace Patron.Erp.Runs;

/// <summary>
/// The right to write for a run, valid until another process takes over the run. Locks are always taken in one order: the run, accounts,
/// customers by number, ledger rows.
/// </summary>
public sealed record FencingToken(long RunId, Guid Runner, bool IsFull)
{
    private const string LockRunSql = "SELECT id FROM erp.runs WHERE id = $1 AND runner = $2 FOR UPDATE";

    // Below PostgreSQL's deadlock_timeout of one second: in a deadlock with an import the sync gives up, and the import continues.
    private const string LockTimeoutSql = "SET LOCAL lock_timeout = '500ms'";

    private const string AdvanceSql = "UPDATE erp.runs SET cursor = coalesce($2, cursor), read_partners = read_partners + $3 WHERE id = $1";

    /// <summary>Others hold a lock that the sync needs. Nothing was written, and the step can be repeated.</summary>
    public static bool IsLockConflict(PostgresException refusal) =>
        refusal.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected;

    /// <summary>
    /// Locks the run until the end of the transaction and sets a short lock timeout; false where another process has taken over the run.
    /// </summary>
    internal async Task<bool> LockRunAsync(DatabaseSession database, CancellationToken cancellationToken)
    {
        var locked = await database.QueryAsync(LockRunSql, row => row.Long(), cancellationToken, RunId, Runner);
        await database.ExecuteAsync(LockTimeoutSql, cancellationToken);
        return locked.Count == 1;
    }

    /// <summary>Begins a transaction that has locked the run; null where another process has taken it over.</summary>
    internal async Task<DatabaseTransaction?> BeginAsync(DatabaseSession database, CancellationToken cancellationToken)
    {
        var transaction = await database.BeginAsync(cancellationToken);
        if (await LockRunAsync(database, cancellationToken))
        {
            return transaction;
        }

        await transaction.DisposeAsync();
        return null;
    }

    /// <summary>Stores the position of the reading. In the transaction that has locked the run.</summary>
    internal Task AdvanceAsync(DatabaseSession database, string? cursor, int read, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            AdvanceSql, cancellationToken, RunId, OptionalParameter.Of(cursor, NpgsqlTypes.NpgsqlDbType.Text), (long)read);
}
