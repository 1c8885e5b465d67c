using Patron.Shared.Database;

namespace Patron.Customers.Customers;

/// <summary>
/// Allots codes and user names to many new records at once. What is free now may be taken a moment later: the unique indexes decide, and the caller
/// makes the record again.
/// </summary>
public sealed class IdentifierAllotment(DatabaseSession database)
{
    // The series is made at its first use; then one number for each customer.
    private const string CodesSql = """
        SELECT customers.code_of(nextval(series)) FROM (SELECT customers.code_series($1) AS series) made, generate_series(1, $2)
        """;

    private const string TakenSql = """
        SELECT username FROM customers.customers WHERE username = ANY ($1) UNION ALL SELECT username FROM customers.absorbed WHERE username = ANY ($1)
        """;

    /// <summary>No two of them get the same, even where no index would see it yet.</summary>
    internal async Task AllotAsync(Guid organizationId, IReadOnlyList<Customer> customers, CancellationToken cancellationToken)
    {
        var usernames = await NextUsernamesAsync([.. customers.Select(Usernames.Candidates)], cancellationToken);
        var codes = await database.QueryAsync(CodesSql, row => row.Text(), cancellationToken, organizationId, customers.Count);
        for (var place = 0; place < customers.Count; place++)
        {
            (customers[place].Code, customers[place].Username) = (codes[place], usernames[place]);
        }
    }

    // Everybody tries their best name, those who got none their next one, and so on: a few questions for any number of people.
    private async Task<string[]> NextUsernamesAsync(string[][] candidates, CancellationToken cancellationToken)
    {
        var chosen = new string[candidates.Length];
        var given = new HashSet<string>(StringComparer.Ordinal);
        var waiting = Enumerable.Range(0, candidates.Length).ToList();
        for (var draw = 0; waiting.Count > 0; draw++)
        {
            var asked = waiting.Select(person => candidates[person][draw]).Distinct(StringComparer.Ordinal).ToArray();
            var taken = (await database.QueryAsync(TakenSql, row => row.Text(), cancellationToken, [asked])).ToHashSet(StringComparer.Ordinal);
            waiting.RemoveAll(person =>
            {
                var name = candidates[person][draw];
                var gets = !taken.Contains(name) && given.Add(name);
                chosen[person] = gets ? name : chosen[person];
                return gets;
            });
        }

        return chosen;
    }
}
