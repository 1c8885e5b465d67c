using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Erp;

/// <summary>A change request and its customer.</summary>
public sealed record ChangeRequestView(ChangeRequest Request, Customer Customer);

/// <summary>
/// The change requests of customers for fields that the ERP owns. Staff of the home organization change the value in the ERP or decline.
/// When the sync brings the requested value, the request is marked as done. Errors: 403 for others, 404 no such open request.
/// </summary>
public sealed class AnswerChangeRequest(DatabaseSession database, HomeOrganization home, TimeProvider time)
{
    public const int MaxLimit = 1000;

    private static readonly string ViewSql = $"""
        SELECT {ChangeRequest.Columns}, {CustomerStore.Columns} FROM customers.change_requests r
        JOIN customers.customers c ON c.organization_id = r.organization_id AND c.uid = r.customer_uid
        WHERE r.organization_id = $1
        """;

    private const string AnswerSql = """
        UPDATE customers.change_requests SET answer = $3, answered_at = $4, answered_by = $5
        WHERE organization_id = $1 AND id = $2 AND answer IS NULL RETURNING customer_uid, field
        """;

    private static readonly Error NoSuchRequest = Error.NotFound(
        "change_request_not_found", "There's no open request with this id. GET /api/portal/change-requests/ lists them.");

    /// <summary>The open requests after this number, oldest first.</summary>
    public async Task<Result<IReadOnlyList<ChangeRequestView>>> ListAsync(
        Caller caller, long after, int limit, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessHomeStaff(caller, home, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        if (limit is < 1 or > MaxLimit)
        {
            return Error.Invalid("limit", $"Must be a number from 1 to {MaxLimit}.");
        }

        return await database.QueryAsync(
            $"{ViewSql} AND r.answer IS NULL AND r.id > $2 ORDER BY r.id LIMIT $3", Read, cancellationToken, caller.OrganizationId, after,
            limit);
    }

    /// <summary>An open request.</summary>
    public async Task<Result<ChangeRequestView>> FindAsync(Caller caller, long id, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessHomeStaff(caller, home, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        var found = await database.QueryAsync(
            $"{ViewSql} AND r.answer IS NULL AND r.id = $2", Read, cancellationToken, caller.OrganizationId, id);
        return found.Count == 0 ? NoSuchRequest : found[0];
    }

    /// <summary>Answers a request and returns it.</summary>
    public async Task<Result<ChangeRequestView>> HandleAsync(Caller caller, long id, bool isDone, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessHomeStaff(caller, home, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        var (answer, now) = (EnumNames<ChangeAnswer>.Of(isDone ? ChangeAnswer.Done : ChangeAnswer.Declined), time.GetDatabaseNow());
        await using var transaction = await database.BeginAsync(cancellationToken);
        var answered = await database.QueryAsync(
            AnswerSql, row => (Customer: row.Uuid(), Field: row.Text()), cancellationToken,
            caller.OrganizationId, id, answer, now, OptionalParameter.Of(caller.UserId, NpgsqlDbType.Uuid));
        if (answered.Count == 0)
        {
            return NoSuchRequest;
        }

        await database.AddAuditAsync(
            AuditEntry.For(
                caller, $"customer.change_request_{answer}", "customer", answered[0].Customer, now, caller.OrganizationId,
                after: FieldText.ToJson(
                    ("request_id", id.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("field", answered[0].Field))),
            cancellationToken);
        var view = await database.QueryAsync($"{ViewSql} AND r.id = $2", Read, cancellationToken, caller.OrganizationId, id);
        return await transaction.CommitAsync(view.Single(), cancellationToken);
    }

    private static ChangeRequestView Read(RowCursor row) => new(ChangeRequest.Read(ref row), CustomerStore.Read(row));
}
