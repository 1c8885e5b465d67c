using Microsoft.Extensions.DependencyInjection;
using Patron.Shared.Database;

namespace Patron.Shared.Background;

/// <summary>
/// Data migrations whose batches are transactions. A batch locks its rows for some milliseconds and gives up after 100 ms when it has to
/// wait for a lock itself; it is then repeated later.
/// </summary>
public static class BatchMigration
{
    /// <summary>A migration by one statement. It gets the last row's id as text, null at first, and returns that of its own last row.</summary>
    public static BackgroundMigration Of(string name, string sql) => new(name, async (services, after, cancellationToken) =>
    {
        var database = services.GetRequiredService<DatabaseSession>();
        await using var transaction = await database.BeginAsync(cancellationToken);
        await LimitLockWaitsAsync(database, cancellationToken);
        var last = await database.QueryAsync(
            sql, row => row.Text(), cancellationToken, OptionalParameter.Of(after, NpgsqlTypes.NpgsqlDbType.Text));
        await transaction.CommitAsync(cancellationToken);
        return last.SingleOrDefault();
    });

    /// <summary>Makes the current transaction give up a lock after 100 ms.</summary>
    public static Task LimitLockWaitsAsync(DatabaseSession database, CancellationToken cancellationToken) =>
        database.ExecuteAsync("SET LOCAL lock_timeout = '100ms'", cancellationToken);
}
