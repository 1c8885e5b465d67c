using Microsoft.Extensions.DependencyInjection;
using Patron.Shared.Background;
using Patron.Shared.Database;

namespace Patron.Customers.Search;

/// <summary>
/// The index for comparing tags without case. Where there are customers already, it is built in the background; until it is finished tags
/// are compared with case, by the older index.
/// </summary>
internal static class TagKeys
{
    public const string Name = "customers.tag_keys";

    private const string BuildSql =
        "CREATE INDEX CONCURRENTLY ix_customers_tag_keys ON customers.customers USING gin (organization_id, customers.tag_keys(tags))";

    private const string IsValidSql = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('customers.ix_customers_tag_keys')";

    public static BackgroundMigration Migration { get; } = new(Name, async (services, _, cancellationToken) =>
    {
        var database = services.GetRequiredService<DatabaseSession>();
        var isValid = await database.QueryAsync(IsValidSql, row => row.Flag(), cancellationToken);
        if (isValid is [false])
        {
            // The invalid index of a build that was interrupted.
            await database.ExecuteAsync("DROP INDEX CONCURRENTLY customers.ix_customers_tag_keys", cancellationToken);
        }

        if (isValid is not [true])
        {
            await BuildAsync(services.GetRequiredService<DatabasePools>(), cancellationToken);
        }

        return null;
    });

    // CREATE INDEX CONCURRENTLY waits for all older transactions, so it has no timeout.
    private static async Task BuildAsync(DatabasePools pools, CancellationToken cancellationToken)
    {
        await using var connection = await pools.OpenAloneAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandTimeout = 0;
        command.CommandText = BuildSql;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
