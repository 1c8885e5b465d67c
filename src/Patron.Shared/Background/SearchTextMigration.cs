using Microsoft.Extensions.DependencyInjection;
using Patron.Shared.Database;

namespace Patron.Shared.Background;

/// <summary>
/// Writes the search texts of rows anew whose function has changed. The column is generated: setting any of what it is made of to what it is makes
/// PostgreSQL write it. A row is locked for one batch, some milliseconds, and a batch does not wait for others' locks with its own held.
/// </summary>
public static class SearchTextMigration
{
    private const int AtOnce = 200;

    /// <param name="name">The migration's name.</param>
    /// <param name="table">The table, with a column <c>id</c> of this <paramref name="idType"/>.</param>
    /// <param name="column">One of the columns that the text is made of.</param>
    /// <param name="searchText">The text as it would be now, of the row <c>r</c>.</param>
    public static BackgroundMigration Of(string name, string table, string idType, string column, string searchText)
    {
        var sql = $"""
            WITH batch AS (SELECT id FROM {table} WHERE $1::text IS NULL OR id > $1::{idType} ORDER BY id LIMIT {AtOnce}),
            written AS (UPDATE {table} r SET {column} = r.{column} FROM batch WHERE r.id = batch.id AND r.search_text <> {searchText} COLLATE "C")
            SELECT id::text FROM batch ORDER BY id DESC LIMIT 1
            """;
        return new BackgroundMigration(name, async (services, after, cancellationToken) =>
        {
            var database = services.GetRequiredService<DatabaseSession>();
            await using var transaction = await database.BeginAsync(cancellationToken);
            await database.ExecuteAsync("SET LOCAL lock_timeout = '100ms'", cancellationToken);
            var last = await database.QueryAsync(sql, row => row.Text(), cancellationToken, OptionalParameter.Of(after, NpgsqlTypes.NpgsqlDbType.Text));
            await transaction.CommitAsync(cancellationToken);
            return last.SingleOrDefault();
        });
    }
}
