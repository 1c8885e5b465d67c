using System.Security.Cryptography;
using Patron.Customers.Database;
using Patron.Shared.Database;

namespace Patron.Customers.Customers;

/// <summary>What a new customer is called by (contract, 'Identifiers of a customer').</summary>
internal sealed record Identifiers(Guid Uid, string CustomerId, string Code, string Username)
{
    private const int CustomerIdBytes = 4;

    /// <summary>Random, not the head of a UUID v7: that one is the time.</summary>
    public static string NewCustomerId() => "CUST_" + Convert.ToHexString(RandomNumberGenerator.GetBytes(CustomerIdBytes));
}

/// <summary>
/// Allots identifiers to many at once. What is free now may be taken a moment later: the unique indexes decide, and the caller asks
/// again.
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

    /// <summary>In the customers' order. No two of them get the same, even where no index would see it yet.</summary>
    internal async Task<IReadOnlyList<Identifiers>> NextAsync(
        Guid organizationId, IReadOnlyList<Customer> customers, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var usernames = await NextUsernamesAsync([.. customers.Select(Usernames.Candidates)], cancellationToken);
        var codes = await database.QueryAsync(CodesSql, row => row.Text(), cancellationToken, organizationId, customers.Count);
        return [.. codes.Select((code, index) => new Identifiers(Guid.CreateVersion7(now), Identifiers.NewCustomerId(), code, usernames[index]))];
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
