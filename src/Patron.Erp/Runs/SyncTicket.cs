using Npgsql;
using Patron.Shared.Database;

namespace Patron.Erp.Runs;

/// <summary>
/// The right to write for a run: whoever holds its number, as long as nobody took the run over. Locks are taken in one order everywhere: the run, accounts,
/// customers by number, lines of the ledger.
/// </summary>
public sealed record SyncTicket(long RunId, Guid Runner, bool IsFull)
{
    private const string HoldSql = "SELECT id FROM erp.runs WHERE id = $1 AND runner = $2 FOR UPDATE";

    // Below PostgreSQL's deadlock_timeout of a second: of two who wait for each other the sync is the one that gives way, and an import goes on.
    private const string GiveWaySql = "SET LOCAL lock_timeout = '500ms'";

    private const string AdvanceSql = "UPDATE erp.runs SET cursor = coalesce($2, cursor), read_partners = read_partners + $3 WHERE id = $1";

    /// <summary>Others hold a lock that the sync needs. Nothing was done, and it can be tried again.</summary>
    public static bool IsBusy(PostgresException refusal) => refusal.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected;

    /// <summary>Keeps the right to the end of the transaction, in which the sync gives way to others; false where it is lost.</summary>
    internal async Task<bool> HoldAsync(DatabaseSession database, CancellationToken cancellationToken)
    {
        var held = await database.QueryAsync(HoldSql, row => row.Long(), cancellationToken, RunId, Runner);
        await database.ExecuteAsync(GiveWaySql, cancellationToken);
        return held.Count == 1;
    }

    /// <summary>A transaction in which the run has the right to write; null where the right is lost.</summary>
    internal async Task<DatabaseTransaction?> BeginAsync(DatabaseSession database, CancellationToken cancellationToken)
    {
        var transaction = await database.BeginAsync(cancellationToken);
        if (await HoldAsync(database, cancellationToken))
        {
            return transaction;
        }

        await transaction.DisposeAsync();
        return null;
    }

    /// <summary>So far the reading has come. In the transaction that holds the right.</summary>
    internal Task AdvanceAsync(DatabaseSession database, string? cursor, int read, CancellationToken cancellationToken) =>
        database.ExecuteAsync(AdvanceSql, cancellationToken, RunId, OptionalParameter.Of(cursor, NpgsqlTypes.NpgsqlDbType.Text), (long)read);
}
