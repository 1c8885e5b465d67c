using System.Security.Cryptography;
using System.Text;
using Patron.Shared.Database;
using Patron.Shared.Secrets;
using Patron.Shared.Text;

namespace Patron.Erp.Partners;

/// <summary>
/// Recognizes the addresses of erased persons by a keyed hash, so that no sync imports them again. Without the master key the table does
/// not reveal the addresses.
/// </summary>
public sealed class ErasedAddressHashes(DatabaseSession database, MasterKey master)
{
    private const int BatchSize = 1000;

    private const string FindSql = """
        SELECT DISTINCT known.hash FROM erp.partners p CROSS JOIN unnest(p.address_hashes) AS known (hash)
        WHERE p.state = 'erased' AND p.address_hashes && $1 AND known.hash = ANY ($1)
        """;

    private const string UnhashedSql =
        "SELECT source, external_id, email_key FROM erp.partners WHERE state = 'erased' AND email_key IS NOT NULL ORDER BY source, external_id LIMIT $1 FOR UPDATE";

    private const string HashSql = """
        UPDATE erp.partners p SET email_key = NULL, address_hashes = ARRAY[hashed.hash]
        FROM unnest($1, $2, $3) AS hashed (source, external_id, hash) WHERE p.source = hashed.source AND p.external_id = hashed.external_id
        """;

    private readonly byte[] key = master.Derive("patron erased addresses 1");

    /// <summary>
    /// Hashes addresses of persons that were erased before hashes were introduced. Runs at startup; several processes may do it at the same
    /// time.
    /// </summary>
    public async Task HashLegacyAsync(CancellationToken cancellationToken)
    {
        for (var isEnd = false; !isEnd;)
        {
            await using var transaction = await database.BeginAsync(cancellationToken);
            var unhashed = await database.QueryAsync(
                UnhashedSql, row => (Source: row.Text(), Id: row.Text(), EmailKey: row.Text()), cancellationToken, BatchSize);
            if (unhashed.Count > 0)
            {
                await database.ExecuteAsync(
                    HashSql, cancellationToken, unhashed.Select(row => row.Source).ToArray(), unhashed.Select(row => row.Id).ToArray(),
                    unhashed.Select(row => Hash(row.EmailKey)).ToArray());
            }

            await transaction.CommitAsync(cancellationToken);
            isEnd = unhashed.Count < BatchSize;
        }
    }

    internal byte[] Hash(string emailKey) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(emailKey));

    /// <summary>The addresses among these that belonged to an erased person.</summary>
    internal async Task<IReadOnlySet<string>> FindAsync(IReadOnlyCollection<string> emailKeys, CancellationToken cancellationToken)
    {
        // Older hashes were made from the former format of keys.
        var byHash = emailKeys.ToDictionary(emailKey => Convert.ToHexString(Hash(emailKey)), StringComparer.Ordinal);
        foreach (var emailKey in emailKeys)
        {
            byHash[Convert.ToHexString(Hash(EmailAddress.FormerKey(emailKey)))] = emailKey;
        }

        var found = byHash.Count == 0
            ? []
            : await database.QueryAsync(
                FindSql, row => Convert.ToHexString(row.Bytes()), cancellationToken, [byHash.Keys.Select(Convert.FromHexString).ToArray()]);
        return found.Select(hash => byHash[hash]).ToHashSet(StringComparer.Ordinal);
    }
}
