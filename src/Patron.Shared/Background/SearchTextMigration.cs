namespace Patron.Shared.Background;

/// <summary>
/// Recomputes the search texts of existing rows after the function that generates them has changed. The column is generated, so PostgreSQL
/// recomputes it when one of its source columns is set to its own value.
/// </summary>
public static class SearchTextMigration
{
    private const int BatchSize = 200;

    /// <param name="name">The migration's name.</param>
    /// <param name="table">The table, with a column <c>id</c> of this <paramref name="idType"/>.</param>
    /// <param name="column">One of the columns that the search text is generated from.</param>
    /// <param name="searchText">The SQL expression of the current search text of the row <c>r</c>.</param>
    public static BackgroundMigration Of(string name, string table, string idType, string column, string searchText) =>
        BatchMigration.Of(name, $"""
            WITH batch AS (SELECT id FROM {table} WHERE $1::text IS NULL OR id > $1::{idType} ORDER BY id LIMIT {BatchSize}),
            written AS (UPDATE {table} r SET {column} = r.{column} FROM batch WHERE r.id = batch.id AND r.search_text <> {searchText} COLLATE "C")
            SELECT id::text FROM batch ORDER BY id DESC LIMIT 1
            """);
}
