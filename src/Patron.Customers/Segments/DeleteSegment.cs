using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Segments;

/// <summary>
/// Deletes a segment: any staff and keys with <c>customers:write</c> those of the organization, a person their own private ones (404 for
/// others). Jobs that were made with it keep its filter.
/// </summary>
public sealed class DeleteSegment(DatabaseSession database, TimeProvider time)
{
    private const string DeleteSql = "DELETE FROM customers.segments WHERE organization_id = $1 AND uid = $2";

    public async Task<Result<Segment>> HandleAsync(Caller caller, Guid uid, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        if (await SegmentRows.LockAsync(database, caller, uid, cancellationToken) is not { } segment)
        {
            return SegmentRows.NotFound;
        }

        await database.ExecuteAsync(DeleteSql, cancellationToken, segment.OrganizationId, segment.Uid);
        await database.AddAuditAsync(SegmentRows.Entry(caller, "segment.deleted", segment, time.GetDatabaseNow()), cancellationToken);
        return await transaction.CommitAsync(segment, cancellationToken);
    }
}
