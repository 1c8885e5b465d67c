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
        var personal = details.FirstName + details.LastName;
        var candidates = Usernames.Candidates(personal.Length > 0 ? personal : details.Name);
        var rows = await context.Database
            .SqlQuery<Allotted>($"""
                SELECT customers.next_code({organizationId}) AS "Code",
                       ARRAY(SELECT username FROM customers.customers WHERE username = ANY ({candidates})) AS "Taken"
                """)
            .ToListAsync(cancellation);
        return new Identifiers(Guid.CreateVersion7(now), NewCustomerId(), rows[0].Code, candidates.Except(rows[0].Taken, StringComparer.Ordinal).First());
    }

    // Random, not the head of a UUID v7: that one is the time.
    private static string NewCustomerId() => "CUST_" + Convert.ToHexString(RandomNumberGenerator.GetBytes(CustomerIdBytes));

    private sealed record Allotted(string Code, string[] Taken);
}
