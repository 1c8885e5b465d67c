using System.Globalization;
using Patron.Customers.Erp;
using Patron.Customers.Schema;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Profiles;

/// <summary>
/// Withdraws one of the caller's own change requests. Withdrawing it again changes nothing. Errors: 400 if it was answered or replaced in
/// the meantime, 404 without a profile or for a request of another customer.
/// </summary>
public sealed class WithdrawChangeRequest(OwnProfile own, DatabaseSession database, TimeProvider time)
{
    private const string LockSql = $"""
        SELECT {ChangeRequest.Columns} FROM customers.change_requests r
        WHERE r.organization_id = $1 AND r.customer_uid = $2 AND r.id = $3 FOR UPDATE
        """;

    private const string WithdrawSql = """
        UPDATE customers.change_requests SET answer = 'withdrawn', answered_at = $3, answered_by = $4 WHERE organization_id = $1 AND id = $2
        """;

    private static readonly Error NoSuchRequest = Error.NotFound(
        "change_request_not_found", "You have no such change request. GET /api/v1/customers/profile/change-requests/ lists yours.");

    private static readonly Error AlreadyAnswered = Error.Rule("request_closed", "This request is already closed, so you can't withdraw it.");

    /// <summary>Returns the withdrawn request.</summary>
    public async Task<Result<ChangeRequest>> HandleAsync(Caller caller, long id, CancellationToken cancellationToken)
    {
        var result = await own.FindAsync(caller, cancellationToken);
        if (!result.Succeeded(out var found, out var refused))
        {
            return refused;
        }

        if (found.Profile?.Customer is not { } customer)
        {
            return OwnProfile.Missing;
        }

        var now = time.GetDatabaseNow();
        await using var transaction = await database.BeginAsync(cancellationToken);
        var requests = await database.QueryAsync(
            LockSql, ChangeRequest.Read, cancellationToken, customer.OrganizationId, customer.Uid, id);
        if (requests.Count == 0)
        {
            return NoSuchRequest;
        }

        var request = requests[0];
        if (request.Answer == ChangeAnswer.Withdrawn)
        {
            return request;
        }

        if (request.Answer is not null)
        {
            return AlreadyAnswered;
        }

        await database.ExecuteAsync(WithdrawSql, cancellationToken, customer.OrganizationId, id, now, caller.UserId!.Value);
        await database.AddAuditAsync(
            AuditEntry.For(
                caller, "customer.change_request_withdrawn", "customer", customer.Uid, now, customer.OrganizationId,
                after: FieldText.ToJson(("request_id", id.ToString(CultureInfo.InvariantCulture)), ("field", request.Field))),
            cancellationToken);
        return await transaction.CommitAsync(request with { Answer = ChangeAnswer.Withdrawn, AnsweredAt = now }, cancellationToken);
    }
}
