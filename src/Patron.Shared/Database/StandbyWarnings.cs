using Npgsql;

namespace Patron.Shared.Database;

/// <summary>
/// Listens for PostgreSQL's warning that a commit did not wait for its synchronous standby to the end: it answers a cancelled wait with success
/// (decision 0014).
/// </summary>
internal sealed class StandbyWarnings
{
    private bool hasWarned;

    public void Listen(NpgsqlConnection connection) => connection.Notice += (_, told) => hasWarned |= IsCancelledWait(told.Notice);

    /// <summary>Throws once for what was heard since the last time.</summary>
    public void ThrowIfAny()
    {
        if (hasWarned)
        {
            hasWarned = false;
            throw new NotReplicatedException();
        }
    }

    // Its words are translated and its state is that of any warning; where the server comes upon it is its own.
    private static bool IsCancelledWait(PostgresNotice notice) => notice is { InvariantSeverity: "WARNING", File: "syncrep.c" };
}
