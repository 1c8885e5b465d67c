using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Patron.Customers.Database;

namespace Patron.Customers.Customers;

/// <summary>What a new customer is called by (contract, 'Identifiers of a customer').</summary>
internal sealed record Identifiers(Guid Uid, string CustomerId, string Code, string Username);

/// <summary>
/// Allots identifiers in one round trip, outside the write's transaction where none runs yet, so that nobody waits for a code. What
/// is free now may be taken a moment later: the unique indexes decide, and the caller asks again.
/// </summary>
public sealed class IdentifierAllotment(CustomersContext context)
{
    private const int CustomerIdBytes = 4;

    internal async Task<Identifiers> NextAsync(Guid organizationId, CustomerDetails details, DateTimeOffset now, CancellationToken cancellation)
    {
        var candidates = Usernames.Candidates(NameOf(details));
        var rows = await context.Database
            .SqlQuery<Allotted>($"""
                SELECT customers.next_code({organizationId}) AS "Code",
                       ARRAY(SELECT username FROM customers.customers WHERE username = ANY ({candidates})) AS "Taken"
                """)
            .ToListAsync(cancellation);
        return new Identifiers(Guid.CreateVersion7(now), NewCustomerId(), rows[0].Code, candidates.Except(rows[0].Taken, StringComparer.Ordinal).First());
    }

    /// <summary>The same for many at once, in their order: no two of them get the same, even where no index would see it yet.</summary>
    internal async Task<IReadOnlyList<Identifiers>> NextAsync(
        Guid organizationId, IReadOnlyList<CustomerDetails> details, DateTimeOffset now, CancellationToken cancellation)
    {
        var usernames = await NextUsernamesAsync([.. details.Select(customer => Usernames.Candidates(NameOf(customer)))], cancellation);
        var codes = await context.Database
            .SqlQuery<string>($"""
                SELECT customers.code_of(nextval(series)) AS "Value"
                FROM (SELECT customers.code_series({organizationId}) AS series) made, generate_series(1, {details.Count})
                """)
            .ToListAsync(cancellation);
        return [.. codes.Select((code, index) => new Identifiers(Guid.CreateVersion7(now), NewCustomerId(), code, usernames[index]))];
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
                .SqlQuery<string>($"""SELECT username AS "Value" FROM customers.customers WHERE username = ANY ({asked})""")
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

    private static string NameOf(CustomerDetails details) =>
        (details.FirstName + details.LastName) is { Length: > 0 } personal ? personal : details.Name;

    // Random, not the head of a UUID v7: that one is the time.
    private static string NewCustomerId() => "CUST_" + Convert.ToHexString(RandomNumberGenerator.GetBytes(CustomerIdBytes));

    private sealed record Allotted(string Code, string[] Taken);
}
