using Microsoft.Extensions.DependencyInjection;
using Patron.Shared.Database;

namespace Patron.Shared.Background;

/// <summary>
/// Builds an index in the background, without blocking writes. The invalid index of a build that was interrupted is built again.
/// </summary>
public static class IndexBuild
{
    /// <param name="name">The name of the background migration.</param>
    /// <param name="index">The name of the index, with its schema.</param>
    /// <param name="definition">What follows ON in CREATE INDEX: the table with its schema, and the columns.</param>
    public static BackgroundMigration Of(string name, string index, string definition) => new(
        name, async (services, _, cancellationToken) =>
    {
        var database = services.GetRequiredService<DatabaseSession>();
        var isValid = await database.QueryAsync(
            $"SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('{index}')", row => row.Flag(), cancellationToken);
        if (isValid is [false])
        {
            await database.ExecuteAsync($"DROP INDEX CONCURRENTLY {index}", cancellationToken);
        }

        if (isValid is not [true])
        {
            var shortName = index[(index.IndexOf('.', StringComparison.Ordinal) + 1)..];
            await BuildAsync(services.GetRequiredService<DatabasePools>(), $"{shortName} ON {definition}", cancellationToken);
        }

        return null;
    });

    // CREATE INDEX CONCURRENTLY waits for all older transactions, so it has no timeout.
    private static async Task BuildAsync(DatabasePools pools, string definition, CancellationToken cancellationToken)
    {
        await using var connection = await pools.OpenAloneAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandTimeout = 0;
        command.CommandText = $"CREATE INDEX CONCURRENTLY {definition}";
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
