using Npgsql;

namespace Patron.Customers.Search;

/// <summary>
/// Runs statements that are planned for the values of their parameters, because the best index of a filter depends on them, and by one
/// process, because starting others takes longer than reading a page.
/// </summary>
internal static class PlannedBatch
{
    // Until the end of the batch, which is one transaction.
    private const string PlanningSql =
        "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('max_parallel_workers_per_gather', '0', true)";

    /// <summary>The rows of all commands, in their order.</summary>
    public static async Task<List<T>> ReadAsync<T>(
        NpgsqlConnection connection, IEnumerable<NpgsqlBatchCommand> commands, Func<NpgsqlDataReader, T> read,
        CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new NpgsqlBatchCommand(PlanningSql) } };
        foreach (var command in commands)
        {
            batch.BatchCommands.Add(command);
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.NextResultAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add(read(reader));
            }
        }

        return rows;
    }
}
