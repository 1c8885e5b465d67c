using NpgsqlTypes;
using Patron.Customers.Matching;
using Patron.Shared.Database;

namespace Patron.Customers.Duplicates;

/// <summary>
/// The candidate keys of stored customers, by which those that could be one with a given record are found. The organization is a part of
/// each stored key.
/// </summary>
public sealed class MatchKeys(DatabaseSession database)
{
    private const int BatchSize = 20_000;

    private const string SaveSql = """
        INSERT INTO customers.match_keys (customer_uid, organization_id, keys)
        SELECT c.uid, c.organization_id, $3 FROM customers.customers c WHERE c.organization_id = $1 AND c.uid = $2
        ON CONFLICT (customer_uid) DO UPDATE SET keys = excluded.keys WHERE match_keys.keys <> excluded.keys
        """;

    private const string RemoveSql = "DELETE FROM customers.match_keys WHERE organization_id = $1 AND customer_uid = $2";

    // Customers that were deleted, merged or erased meanwhile.
    private const string RemoveUnknownSql = """
        DELETE FROM customers.match_keys k WHERE k.organization_id = $1 AND NOT EXISTS (
            SELECT FROM customers.customers c WHERE c.organization_id = $1 AND c.uid = k.customer_uid AND NOT c.is_deleted)
        """;

    private const string StageSql =
        "CREATE TEMP TABLE scanned_keys (customer_uid uuid NOT NULL, keys bigint[] NOT NULL) ON COMMIT DROP";

    private const string SaveStagedSql = """
        INSERT INTO customers.match_keys (customer_uid, organization_id, keys)
        SELECT c.uid, c.organization_id, s.keys
        FROM scanned_keys s JOIN customers.customers c ON c.organization_id = $1 AND c.uid = s.customer_uid
        LEFT JOIN customers.match_keys k ON k.customer_uid = s.customer_uid
        WHERE k.keys IS DISTINCT FROM s.keys
        ON CONFLICT (customer_uid) DO UPDATE SET keys = excluded.keys
        """;

    private static readonly string CandidatesSql = $"""
        SELECT {MatchInputs.Columns} FROM customers.match_candidates($1, $2, $3) found
        JOIN customers.customers c ON c.organization_id = $1 AND c.uid = found.uid
        WHERE NOT c.is_deleted AND c.uid <> $4
        """;

    /// <summary>The customers that share a key with the record, of each key at most <see cref="BlockingKeys.MaxBlock"/>.</summary>
    internal Task<List<(Guid Uid, MatchInput Input)>> FindCandidatesAsync(
        Guid organizationId, MatchInput input, Guid except, CancellationToken cancellationToken) =>
        database.QueryAsync(
            CandidatesSql, MatchInputs.Read, cancellationToken, organizationId, Of(organizationId, input), BlockingKeys.MaxBlock, except);

    /// <summary>Stores the keys of a customer.</summary>
    internal Task SaveAsync(Guid organizationId, Guid uid, MatchInput input, CancellationToken cancellationToken) =>
        database.ExecuteAsync(SaveSql, cancellationToken, organizationId, uid, Of(organizationId, input));

    /// <summary>Removes the keys of a customer that no longer is a candidate.</summary>
    internal Task RemoveAsync(Guid organizationId, Guid uid, CancellationToken cancellationToken) =>
        database.ExecuteAsync(RemoveSql, cancellationToken, organizationId, uid);

    /// <summary>
    /// Stores the keys of all customers of an organization in many short transactions: a million rows of the index take longer than one
    /// statement may.
    /// </summary>
    internal async Task SaveAllAsync(
        Guid organizationId, IEnumerable<(Guid Uid, long[] Keys)> customers, CancellationToken cancellationToken)
    {
        foreach (var batch in customers.Chunk(BatchSize))
        {
            await using var transaction = await database.BeginAsync(cancellationToken);
            await StageAsync(batch, cancellationToken);
            await database.ExecuteAsync(SaveStagedSql, cancellationToken, organizationId);
            await transaction.CommitAsync(cancellationToken);
        }

        await database.ExecuteLongAsync(RemoveUnknownSql, cancellationToken, organizationId);
    }

    private async Task StageAsync((Guid Uid, long[] Keys)[] customers, CancellationToken cancellationToken)
    {
        await database.ExecuteAsync(StageSql, cancellationToken);
        await using (var copy = await database.Connection.BeginBinaryImportAsync(
            "COPY scanned_keys (customer_uid, keys) FROM STDIN (FORMAT BINARY)", cancellationToken))
        {
            foreach (var (uid, keys) in customers)
            {
                await copy.StartRowAsync(cancellationToken);
                await copy.WriteAsync(uid, NpgsqlDbType.Uuid, cancellationToken);
                await copy.WriteAsync(keys, NpgsqlDbType.Array | NpgsqlDbType.Bigint, cancellationToken);
            }

            await copy.CompleteAsync(cancellationToken);
        }

        await database.ExecuteAsync("ANALYZE scanned_keys", cancellationToken);
    }

    /// <summary>The keys as they are stored: other ones in each organization, so that the index finds those of one.</summary>
    internal static long[] OfOrganization(Guid organizationId, IEnumerable<long> keys)
    {
        var bytes = organizationId.ToByteArray();
        var salt = BitConverter.ToInt64(bytes) ^ BitConverter.ToInt64(bytes, sizeof(long));
        return [.. keys.Select(key => key ^ salt)];
    }

    private static long[] Of(Guid organizationId, MatchInput input) => OfOrganization(organizationId, BlockingKeys.Of(input));
}
