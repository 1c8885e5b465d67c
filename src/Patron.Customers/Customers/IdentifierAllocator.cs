using Patron.Shared.Database;

namespace Patron.Customers.Customers;

/// <summary>
/// Allocates codes and usernames to many new records at once. A free name may be taken a moment later: the unique index detects that, and
/// the caller creates the record again.
/// </summary>
public sealed class IdentifierAllocator(DatabaseSession database)
{
    // The sequence is created at its first use.
    private const string CodesSql = """
        SELECT customers.code_of(nextval(series)) FROM (SELECT customers.code_series($1) AS series) made, generate_series(1, $2)
        """;

    private const string TakenSql = """
        SELECT username FROM customers.customers WHERE username = ANY ($1) UNION ALL SELECT username FROM customers.absorbed WHERE username = ANY ($1)
        """;

    /// <summary>Assigns different names to all of the records, which no index has seen yet.</summary>
    internal async Task AllocateAsync(Guid organizationId, IReadOnlyList<Customer> customers, CancellationToken cancellationToken)
    {
        var usernames = await FindFreeUsernamesAsync([.. customers.Select(Usernames.Candidates)], cancellationToken);
        var codes = await database.QueryAsync(CodesSql, row => row.Text(), cancellationToken, organizationId, customers.Count);
        for (var place = 0; place < customers.Count; place++)
        {
            (customers[place].Code, customers[place].Username) = (codes[place], usernames[place]);
        }
    }

    // Tries the first candidate of all records, then the second of those without a name, and so on: a few queries for any number of
    // records.
    private async Task<string[]> FindFreeUsernamesAsync(string[][] candidates, CancellationToken cancellationToken)
    {
        var chosen = new string[candidates.Length];
        var assigned = new HashSet<string>(StringComparer.Ordinal);
        var remaining = Enumerable.Range(0, candidates.Length).ToList();
        for (var round = 0; remaining.Count > 0; round++)
        {
            var names = remaining.Select(index => candidates[index][round]).Distinct(StringComparer.Ordinal).ToArray();
            var taken = (await database.QueryAsync(TakenSql, row => row.Text(), cancellationToken, [names]))
                .ToHashSet(StringComparer.Ordinal);
            remaining.RemoveAll(index =>
            {
                var name = candidates[index][round];
                var isFree = !taken.Contains(name) && assigned.Add(name);
                chosen[index] = isFree ? name : chosen[index];
                return isFree;
            });
        }

        return chosen;
    }
}
