using Microsoft.EntityFrameworkCore;
using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Customers.Sync;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Erp;

/// <summary>A customer's request and whose it is.</summary>
public sealed record ChangeRequestView(ChangeRequest Request, Customer Customer);

/// <summary>
/// What customers ask for of fields that the ERP owns, for staff of the home organization, who change it there or decline. When the sync brings the
/// wanted value, the request is done by itself. Errors: 403 for others, 404 no such open request.
/// </summary>
public sealed class AnswerChangeRequest(CustomersContext context, HomeOrganization home, TimeProvider time)
{
    private static readonly Error NoSuchRequest = Error.NotFound("There is no such request that waits for an answer. GET /api/portal/change-requests/ lists them.");

    /// <summary>Those that wait, the oldest first, after the one with this number.</summary>
    public async Task<Result<IReadOnlyList<ChangeRequestView>>> ListAsync(Caller caller, long after, int limit, CancellationToken cancellation) =>
        ListPartners.RefuseStrangers(caller, home) is { } refused ? refused
        : limit is < 1 or > ListPartners.MaxLimit ? Error.Invalid("limit", $"This is a number from 1 to {ListPartners.MaxLimit}.")
        : await Views(context.ChangeRequests.Where(request => request.OrganizationId == caller.OrganizationId && request.Answer == null && request.Id > after))
            .Take(limit).ToListAsync(cancellation);

    /// <summary>The request with its answer.</summary>
    public async Task<Result<ChangeRequestView>> HandleAsync(Caller caller, long id, bool isDone, CancellationToken cancellation)
    {
        if (ListPartners.RefuseStrangers(caller, home, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        var (answer, now) = (isDone ? ChangeAnswer.Done : ChangeAnswer.Declined, time.GetDatabaseNow());
        var answered = await context.ChangeRequests
            .Where(request => request.Id == id && request.OrganizationId == caller.OrganizationId && request.Answer == null)
            .ExecuteUpdateAsync(
                set => set.SetProperty(request => request.Answer, answer).SetProperty(request => request.AnsweredAt, now).SetProperty(request => request.AnsweredBy, caller.UserId),
                cancellation);
        return answered == 1 ? await Views(context.ChangeRequests.Where(request => request.Id == id)).SingleAsync(cancellation) : NoSuchRequest;
    }

    private IQueryable<ChangeRequestView> Views(IQueryable<ChangeRequest> requests) => requests.AsNoTracking()
        .OrderBy(request => request.Id)
        .Join(context.Customers.AsNoTracking(), request => request.CustomerUid, customer => customer.Uid, (request, customer) => new ChangeRequestView(request, customer));
}
