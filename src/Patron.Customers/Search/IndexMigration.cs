using Microsoft.Extensions.DependencyInjection;
using Patron.Shared.Background;
using Patron.Shared.Database;

namespace Patron.Customers.Search;

/// <summary>
/// Builds an index of the module's tables in the background, without blocking writes. The invalid index of a build that was interrupted is built
/// again.
/// </summary>
internal static class IndexMigration
{
    /// <param name="index">The name of the index, in the schema <c>customers</c>.</param>
    /// <param name="definition">What follows the table's name in CREATE INDEX.</param>
    /// <param name="table">The table without its schema.</param>
    public static BackgroundMigration Of(string name, string index, string definition, string table = "customers") => new(
        name, async (services, _, cancellationToken) =>
    {
        var database = services.GetRequiredService<DatabaseSession>();
        var isValid = await database.QueryAsync(
            $"SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('customers.{index}')", row => row.Flag(), cancellationToken);
        if (isValid is [false])
        {
            await database.ExecuteAsync($"DROP INDEX CONCURRENTLY customers.{index}", cancellationToken);
        }

        if (isValid is not [true])
        {
            await BuildAsync(services.GetRequiredService<DatabasePools>(), index, $"customers.{table} {definition}", cancellationToken);
        }

        return null;
    });

    // CREATE INDEX CONCURRENTLY waits for all older transactions, so it has no timeout.
    private static async Task BuildAsync(DatabasePools pools, string index, string definition, CancellationToken cancellationToken)
    {
        await using var connection = await pools.OpenAloneAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandTimeout = 0;
        command.CommandText = $"CREATE INDEX CONCURRENTLY {index} ON {definition}";
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
