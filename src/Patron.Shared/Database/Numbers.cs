namespace Patron.Shared.Database;

/// <summary>The numbers that the database gives to rows and codes: all its sequences.</summary>
public sealed class Numbers(DatabaseSession database)
{
    /// <summary>The last number of each sequence that has given one, by its name with the schema.</summary>
    public const string GivenSql = $"""
        SELECT s.schemaname || '.' || s.sequencename, s.last_value FROM pg_sequences s WHERE {IsOurs} AND s.last_value IS NOT NULL
        """;

    private const string IsOurs = "s.schemaname IN ('shared', 'accounts', 'customers', 'erp')";

    private const string SkipSql = $"""
        SELECT count(setval(
            format('%I.%I', s.schemaname, s.sequencename)::regclass, greatest(s.last_value, given.value) + $3))
        FROM pg_sequences s LEFT JOIN unnest($1, $2) AS given (name, value) ON given.name = s.schemaname || '.' || s.sequencename
        WHERE {IsOurs} AND (s.last_value IS NOT NULL OR given.value IS NOT NULL)
        """;

    /// <summary>
    /// Moves every sequence on by this many numbers, from the higher of its own value and the one known to have been given, by its name
    /// with the schema. After a restore, so that no number is given to a second person. Returns the number of sequences.
    /// </summary>
    public async Task<long> SkipAsync(long count, IReadOnlyDictionary<string, long> given, CancellationToken cancellationToken) =>
        (await database.QueryAsync(
            SkipSql, row => row.Long(), cancellationToken, given.Keys.ToArray(), given.Values.ToArray(), count))[0];
}
