using Patron.Customers.Customers;
using Patron.Shared.Database;

namespace Patron.Customers.Duplicates;

/// <summary>
/// Removes the pairs and keys of customers that are merged or erased. The survivor of a merge is compared again, and what staff said about
/// an absorbed customer is kept.
/// </summary>
internal sealed class DuplicateReferences(DatabaseSession database) : ICustomerReferences
{
    private const string RemoveSql = """
        WITH pairs AS (DELETE FROM customers.duplicate_pairs WHERE organization_id = $1 AND (uid_a = ANY ($2) OR uid_b = ANY ($2)))
        DELETE FROM customers.match_keys WHERE organization_id = $1 AND customer_uid = ANY ($2)
        """;

    private const string QueueSql = "INSERT INTO customers.duplicate_queue (organization_id, customer_uid) SELECT $1, uid FROM unnest($2) uid";

    private const string ForgetSql =
        "DELETE FROM customers.dismissed_duplicates WHERE organization_id = $1 AND (uid_a = ANY ($2) OR uid_b = ANY ($2))";

    public async Task<IReadOnlyList<MovedRow>> MoveAsync(
        Guid organizationId, Guid absorbed, Guid survivor, CancellationToken cancellationToken)
    {
        await database.ExecuteAsync(RemoveSql, cancellationToken, organizationId, (Guid[])[absorbed]);
        await database.ExecuteAsync(QueueSql, cancellationToken, organizationId, (Guid[])[survivor]);
        return [];
    }

    public Task<IReadOnlyList<ReferencedPartner>> FindPartnersAsync(
        Guid organizationId, Guid customer, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<ReferencedPartner>>([]);

    public Task ReturnAsync(SeparatedRecord record, CancellationToken cancellationToken) => database.ExecuteAsync(
        QueueSql, cancellationToken, record.OrganizationId, (Guid[])[record.Survivor, record.Returned]);

    public async Task ForgetAsync(Guid organizationId, IReadOnlyCollection<Guid> customers, CancellationToken cancellationToken)
    {
        await database.ExecuteAsync(RemoveSql, cancellationToken, organizationId, customers.ToArray());
        await database.ExecuteAsync(ForgetSql, cancellationToken, organizationId, customers.ToArray());
    }
}
