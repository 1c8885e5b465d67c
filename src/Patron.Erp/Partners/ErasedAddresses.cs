using System.Security.Cryptography;
using System.Text;
using Patron.Shared.Database;
using Patron.Shared.Secrets;
using Patron.Shared.Text;

namespace Patron.Erp.Partners;

/// <summary>
/// Knows the addresses of erased persons by a keyed hash, so that no sync brings them back; without the master key the table does not tell whose they
/// were.
/// </summary>
public sealed class ErasedAddresses(DatabaseSession database, MasterKey master)
{
    private const int AtOnce = 1000;

    private const string KnownSql = """
        SELECT DISTINCT known.hash FROM erp.partners p CROSS JOIN unnest(p.address_hashes) AS known (hash)
        WHERE p.state = 'erased' AND p.address_hashes && $1 AND known.hash = ANY ($1)
        """;

    private const string UnhashedSql = "SELECT source, external_id, email_key FROM erp.partners WHERE state = 'erased' AND email_key IS NOT NULL ORDER BY source, external_id LIMIT $1 FOR UPDATE";

    private const string HashSql = """
        UPDATE erp.partners p SET email_key = NULL, address_hashes = ARRAY[hashed.hash]
        FROM unnest($1, $2, $3) AS hashed (source, external_id, hash) WHERE p.source = hashed.source AND p.external_id = hashed.external_id
        """;

    private readonly byte[] key = master.Derive("patron erased addresses 1");

    /// <summary>Hashes the addresses of persons that were erased before there were hashes. At the start; any number of processes may do it at once.</summary>
    public async Task HashOldAsync(CancellationToken cancellationToken)
    {
        for (var isEnd = false; !isEnd;)
        {
            await using var transaction = await database.BeginAsync(cancellationToken);
            var unhashed = await database.QueryAsync(UnhashedSql, row => (Source: row.Text(), Id: row.Text(), EmailKey: row.Text()), cancellationToken, AtOnce);
            if (unhashed.Count > 0)
            {
                await database.ExecuteAsync(
                    HashSql, cancellationToken, unhashed.Select(row => row.Source).ToArray(), unhashed.Select(row => row.Id).ToArray(), unhashed.Select(row => Hash(row.EmailKey)).ToArray());
            }

            await transaction.CommitAsync(cancellationToken);
            isEnd = unhashed.Count < AtOnce;
        }
    }

    internal byte[] Hash(string emailKey) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(emailKey));

    /// <summary>Which of these addresses were an erased person's.</summary>
    internal async Task<IReadOnlySet<string>> FindAsync(IReadOnlyCollection<string> emailKeys, CancellationToken cancellationToken)
    {
        // A hash that was made before keys had their present form is of the former one.
        var byHash = emailKeys.ToDictionary(emailKey => Convert.ToHexString(Hash(emailKey)), StringComparer.Ordinal);
        foreach (var emailKey in emailKeys)
        {
            byHash[Convert.ToHexString(Hash(EmailAddress.FormerKey(emailKey)))] = emailKey;
        }

        var known = byHash.Count == 0
            ? []
            : await database.QueryAsync(KnownSql, row => Convert.ToHexString(row.Bytes()), cancellationToken, [byHash.Keys.Select(Convert.FromHexString).ToArray()]);
        return known.Select(hash => byHash[hash]).ToHashSet(StringComparer.Ordinal);
    }
}
