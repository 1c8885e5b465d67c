using Patron.Customers.Customers;
using Patron.Customers.Matching;
using Patron.Shared.Database;

namespace Patron.Customers.Duplicates;

/// <summary>
/// Compares new and changed customers with the others. A trigger queues them in the transaction of the change
/// (Database/Migrations/0022_duplicates.sql), so no entry point can forget it.
/// </summary>
public sealed class DuplicateQueue(
    CustomerStore customers, MatchKeys keys, MatchModels models, DuplicatePairs pairs, DuplicateFinder finder, DatabaseSession database)
{
    private const int BatchSize = 50;

    // One process at a time, because two of them would lock the same pairs in different orders.
    private const string TryLockSql = "SELECT pg_try_advisory_xact_lock(hashtextextended('customers.duplicates', 0))";

    private const string TakeSql = """
        DELETE FROM customers.duplicate_queue WHERE ctid = ANY (ARRAY(
            SELECT q.ctid FROM customers.duplicate_queue q
            WHERE q.organization_id NOT IN (SELECT organization_id FROM customers.duplicate_scans WHERE is_due)
            LIMIT $1))
        RETURNING organization_id, customer_uid
        """;

    /// <summary>Compares some queued customers in one transaction. Returns their number; 0 where there are none, or another process does it.</summary>
    internal async Task<int> ProcessAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(cancellationToken);
        if (await database.QueryAsync(TryLockSql, row => row.Flag(), cancellationToken) is not [true])
        {
            return 0;
        }

        var taken = await database.QueryAsync(TakeSql, row => (Organization: row.Uuid(), Uid: row.Uuid()), cancellationToken, BatchSize);
        foreach (var group in taken.Distinct().GroupBy(one => one.Organization, one => one.Uid))
        {
            var found = await customers.WhereAsync(
                "c.organization_id = $1 AND c.uid = ANY ($2) ORDER BY c.id", cancellationToken, group.Key, group.ToArray());
            var model = await models.ReadAsync(group.Key, cancellationToken);
            foreach (var customer in found)
            {
                await CompareAsync(customer, model, cancellationToken);
            }
        }

        await transaction.CommitAsync(cancellationToken);
        return taken.Count;
    }

    private async Task CompareAsync(Customer customer, MatchModel model, CancellationToken cancellationToken)
    {
        var organization = customer.OrganizationId;
        if (customer.IsDeleted)
        {
            await keys.RemoveAsync(organization, customer.Uid, cancellationToken);
            await pairs.ReplaceAsync(organization, customer.Uid, [], cancellationToken);
            return;
        }

        var input = MatchInputs.Of(customer);
        await keys.SaveAsync(organization, customer.Uid, input, cancellationToken);
        var found = await finder.FindAsync(organization, model, input, customer.Uid, cancellationToken);
        await pairs.ReplaceAsync(
            organization, customer.Uid, [.. found.Select(one => FoundPair.Of(customer.Uid, one.Uid, one.Match.Probability))],
            cancellationToken);
    }
}
