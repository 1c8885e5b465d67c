using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Patron.Customers.Database;

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
public sealed class IdentifierAllotment(CustomersContext context)
{
    /// <summary>In the customers' order. No two of them get the same, even where no index would see it yet.</summary>
    internal async Task<IReadOnlyList<Identifiers>> NextAsync(
        Guid organizationId, IReadOnlyList<CustomerDetails> details, DateTimeOffset now, CancellationToken cancellation)
    {
        var usernames = await NextUsernamesAsync([.. details.Select(customer => Usernames.Candidates(customer))], cancellation);
        var codes = await context.Database
            .SqlQuery<string>($"""
                SELECT customers.code_of(nextval(series)) AS "Value"
                FROM (SELECT customers.code_series({organizationId}) AS series) made, generate_series(1, {details.Count})
                """)
            .ToListAsync(cancellation);
        return [.. codes.Select((code, index) => new Identifiers(Guid.CreateVersion7(now), Identifiers.NewCustomerId(), code, usernames[index]))];
    }

    // Everybody tries their best name, those who got none their next one, and so on: a few questions for any number of people.
    private async Task<string[]> NextUsernamesAsync(string[][] candidates, CancellationToken cancellation)
    {
        var chosen = new string[candidates.Length];
        var given = new HashSet<string>(StringComparer.Ordinal);
        var waiting = Enumerable.Range(0, candidates.Length).ToList();
        for (var draw = 0; waiting.Count > 0; draw++)
        {
            var asked = waiting.Select(person => candidates[person][draw]).Distinct(StringComparer.Ordinal).ToArray();
            var taken = (await context.Database
                .SqlQuery<string>($"""
                    SELECT username AS "Value" FROM customers.customers WHERE username = ANY ({asked})
                    UNION ALL SELECT username FROM customers.absorbed WHERE username = ANY ({asked})
                    """)
                .ToListAsync(cancellation)).ToHashSet(StringComparer.Ordinal);
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
