using Npgsql;
using Patron.Shared.Audit;

namespace Patron.Shared.Database;

/// <summary>Runs SQL statements on the session's connection and inside its transaction, if there is one.</summary>
public static class DatabaseQueries
{
    /// <summary>
    /// All rows in order. Values are the parameters from <c>$1</c> on; a value that can be null is an <see cref="OptionalParameter"/>.
    /// </summary>
    public static Task<List<T>> QueryAsync<T>(
        this DatabaseSession database, string sql, Func<RowCursor, T> read, CancellationToken cancellationToken, params object[] values) =>
        database.OnConnectionAsync(connection => connection.ReadAllAsync(sql, read, values, cancellationToken), cancellationToken);

    /// <summary>Returns the number of rows that the statement wrote.</summary>
    public static Task<int> ExecuteAsync(
        this DatabaseSession database, string sql, CancellationToken cancellationToken, params object[] values) =>
        database.RunAsync(sql, values, isLong: false, cancellationToken);

    /// <summary>
    /// The same for background work on as many rows as there are: the limit of a request, half a minute, does not apply, because a
    /// statement that needs longer would fail whenever it is repeated.
    /// </summary>
    public static Task<int> ExecuteLongAsync(
        this DatabaseSession database, string sql, CancellationToken cancellationToken, params object[] values) =>
        database.RunAsync(sql, values, isLong: true, cancellationToken);

    /// <summary>Writes an audit entry in a batch of its own.</summary>
    public static Task AddAuditAsync(this DatabaseSession database, AuditEntry entry, CancellationToken cancellationToken) =>
        database.OnConnectionAsync(
            async connection =>
            {
                await using var batch = new NpgsqlBatch(connection);
                batch.BatchCommands.Add(AuditCommands.Insert(entry));
                return await batch.ExecuteNonQueryAsync(cancellationToken);
            },
            cancellationToken);

    /// <summary>A statement for a batch.</summary>
    public static NpgsqlBatchCommand BatchCommand(string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        }

        return command;
    }

    internal static async Task<List<T>> ReadAllAsync<T>(
        this NpgsqlConnection connection, string sql, Func<RowCursor, T> read, object[] values, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, sql, values);
        return await command.ReadAllAsync(read, cancellationToken);
    }

    private static Task<int> RunAsync(
        this DatabaseSession database, string sql, object[] values, bool isLong, CancellationToken cancellationToken) =>
        database.OnConnectionAsync(
            async connection =>
            {
                await using var command = Command(connection, sql, values);
                if (isLong)
                {
                    command.CommandTimeout = 0;
                }

                return await command.ExecuteNonQueryAsync(cancellationToken);
            },
            cancellationToken);

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
