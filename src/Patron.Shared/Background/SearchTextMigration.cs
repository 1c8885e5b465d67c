using Microsoft.Extensions.DependencyInjection;
using Patron.Shared.Database;

namespace Patron.Shared.Background;

/// <summary>
/// Recomputes the search texts of existing rows after the function that generates them has changed. The column is generated, so PostgreSQL
/// recomputes it when one of its source columns is set to its own value. A batch locks its rows for some milliseconds and gives up after
/// 100 ms when it has to wait for a lock itself.
/// </summary>
public static class SearchTextMigration
{
    private const int BatchSize = 200;

    /// <param name="name">The migration's name.</param>
    /// <param name="table">The table, with a column <c>id</c> of this <paramref name="idType"/>.</param>
    /// <param name="column">One of the columns that the search text is generated from.</param>
    /// <param name="searchText">The SQL expression of the current search text of the row <c>r</c>.</param>
    public static BackgroundMigration Of(string name, string table, string idType, string column, string searchText)
    {
        var sql = $"""
            WITH batch AS (SELECT id FROM {table} WHERE $1::text IS NULL OR id > $1::{idType} ORDER BY id LIMIT {BatchSize}),
            written AS (UPDATE {table} r SET {column} = r.{column} FROM batch WHERE r.id = batch.id AND r.search_text <> {searchText} COLLATE "C")
            SELECT id::text FROM batch ORDER BY id DESC LIMIT 1
            """;
        return new BackgroundMigration(name, async (services, after, cancellationToken) =>
        {
            var database = services.GetRequiredService<DatabaseSession>();
            await using var transaction = await database.BeginAsync(cancellationToken);
            await database.ExecuteAsync("SET LOCAL lock_timeout = '100ms'", cancellationToken);
            var last = await database.QueryAsync(
                sql, row => row.Text(), cancellationToken, OptionalParameter.Of(after, NpgsqlTypes.NpgsqlDbType.Text));
            await transaction.CommitAsync(cancellationToken);
            return last.SingleOrDefault();
        });
    }
}
