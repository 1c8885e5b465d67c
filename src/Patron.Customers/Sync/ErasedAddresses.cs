using System.Security.Cryptography;
using System.Text;
using Patron.Customers.Database;
using Patron.Shared.Database;
using Patron.Shared.Secrets;

namespace Patron.Customers.Sync;

/// <summary>
/// Knows the addresses of erased persons by a keyed hash, so that no sync brings them back; without the master key the table does not tell whose they
/// were.
/// </summary>
public sealed class ErasedAddresses(DatabaseSession database, MasterKey master)
{
    private const int AtOnce = 1000;

    private const string KnownSql = """
        SELECT DISTINCT known.hash FROM customers.erp_partners p CROSS JOIN unnest(p.address_hashes) AS known (hash)
        WHERE p.state = 'erased' AND p.address_hashes && $1 AND known.hash = ANY ($1)
        """;

    private const string UnhashedSql = "SELECT partner_id, email_key FROM customers.erp_partners WHERE state = 'erased' AND email_key IS NOT NULL ORDER BY partner_id LIMIT $1 FOR UPDATE";

    private const string HashSql = """
        UPDATE customers.erp_partners p SET email_key = NULL, address_hashes = ARRAY[hashed.hash]
        FROM unnest($1, $2) AS hashed (partner_id, hash) WHERE p.partner_id = hashed.partner_id
        """;

    private readonly byte[] key = master.Derive("patron erased addresses 1");

    /// <summary>Hashes the addresses of persons that were erased before there were hashes. At the start; any number of processes may do it at once.</summary>
    public async Task HashOldAsync(CancellationToken cancellationToken)
    {
        for (var isEnd = false; !isEnd;)
        {
            await using var transaction = await database.BeginAsync(cancellationToken);
            var unhashed = await database.QueryAsync(UnhashedSql, row => (Partner: row.Long(), EmailKey: row.Text()), cancellationToken, AtOnce);
            if (unhashed.Count > 0)
            {
                await database.ExecuteAsync(
                    HashSql, cancellationToken, unhashed.Select(row => row.Partner).ToArray(), unhashed.Select(row => Hash(row.EmailKey)).ToArray());
            }

            await transaction.CommitAsync(cancellationToken);
            isEnd = unhashed.Count < AtOnce;
        }
    }

    internal byte[] Hash(string emailKey) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(emailKey));

    /// <summary>Which of these addresses were an erased person's.</summary>
    internal async Task<IReadOnlySet<string>> FindAsync(IReadOnlyCollection<string> emailKeys, CancellationToken cancellationToken)
    {
        var byHash = emailKeys.ToDictionary(emailKey => Convert.ToHexString(Hash(emailKey)), StringComparer.Ordinal);
        var known = byHash.Count == 0
            ? []
            : await database.QueryAsync(KnownSql, row => Convert.ToHexString(row.Bytes()), cancellationToken, [byHash.Keys.Select(Convert.FromHexString).ToArray()]);
        return known.Select(hash => byHash[hash]).ToHashSet(StringComparer.Ordinal);
    }
}
