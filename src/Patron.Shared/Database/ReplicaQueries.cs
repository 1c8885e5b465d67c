using Npgsql;

namespace Patron.Shared.Database;

/// <summary>
/// Reads that may be a little older than the last write of others, and are answered by a replica if there is one that is recent enough
/// (decision 0024). Inside a transaction, in background services and without replicas they are reads on the session's connection.
/// </summary>
public static class ReplicaQueries
{
    /// <summary>
    /// Runs reads on a replica or, if none is recent enough or it fails, on the session's connection. They must be repeatable and use only
    /// the connection that they get.
    /// </summary>
    public static async Task<T> OnReplicaAsync<T>(
        this DatabaseSession database, Func<NpgsqlConnection, Task<T>> read, CancellationToken cancellationToken) =>
        database.Replicas is { } replicas && await replicas.ReadAsync(read, cancellationToken) is { } answer
            ? answer.Value
            : await database.OnConnectionAsync(read, cancellationToken);

    /// <summary>All rows in order, as <see cref="DatabaseQueries.QueryAsync"/> reads them.</summary>
    public static Task<List<T>> QueryOnReplicaAsync<T>(
        this DatabaseSession database, string sql, Func<RowCursor, T> read, CancellationToken cancellationToken, params object[] values) =>
        database.OnReplicaAsync(connection => connection.ReadAllAsync(sql, read, values, cancellationToken), cancellationToken);

    /// <summary>The same for a page, whose statement reads one row more than the limit if there is a next one.</summary>
    public static Task<List<T>> QueryPageOnReplicaAsync<T>(
        this DatabaseSession database, string sql, Func<RowCursor, T> read, int limit, CancellationToken cancellationToken,
        params object[] values) =>
        database.OnReplicaAsync(
            async connection =>
            {
                var rows = await connection.ReadAllAsync(sql, read, values, cancellationToken);
                if (rows.Count > limit)
                {
                    await database.NotePositionAsync(connection, cancellationToken);
                }

                return rows;
            },
            cancellationToken);

    /// <summary>
    /// Notes where the server is that has just been read from, so that the page that a cursor leads to is not older
    /// (<see cref="ReplicaReads.Reached"/>).
    /// </summary>
    public static Task NotePositionAsync(this DatabaseSession database, NpgsqlConnection connection, CancellationToken cancellationToken) =>
        database.Replicas?.NotePositionAsync(connection, cancellationToken) ?? Task.CompletedTask;

    /// <summary>
    /// The position that includes everything this session has committed. One that no replica reaches if the server cannot be asked.
    /// </summary>
    public static async Task<WalPosition> ReadPositionAsync(this DatabaseSession database, CancellationToken cancellationToken)
    {
        try
        {
            return await database.OnConnectionAsync(
                connection => WalPosition.ReadAsync(connection, cancellationToken), cancellationToken);
        }
        catch (Exception exception) when (DatabaseFailure.IsTemporary(exception))
        {
            return WalPosition.Unreachable;
        }
    }
}
