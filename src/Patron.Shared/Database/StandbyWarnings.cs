using Npgsql;

namespace Patron.Shared.Database;

/// <summary>
/// Listens for PostgreSQL's warning that the wait of a commit for its synchronous standby was cancelled. The commit itself reports success
/// (decision 0014).
/// </summary>
internal sealed class StandbyWarnings
{
    private bool hasWarned;

    public void Listen(NpgsqlConnection connection) => connection.Notice += (_, args) => hasWarned |= IsCancelledWait(args.Notice);

    /// <summary>Throws if there was a warning since the last call.</summary>
    public void ThrowIfAny()
    {
        if (hasWarned)
        {
            hasWarned = false;
            throw new NotReplicatedException();
        }
    }

    // The message is translated and the SQL state is that of any warning; only the server's source file identifies this one.
    private static bool IsCancelledWait(PostgresNotice notice) => notice is { InvariantSeverity: "WARNING", File: "syncrep.c" };
}
