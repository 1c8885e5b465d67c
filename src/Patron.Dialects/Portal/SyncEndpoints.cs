using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Erp;
using Patron.Erp.Partners;
using Patron.Erp.Runs;
using Patron.Dialects.OpenApi;
using Patron.Shared.Results;
using Patron.Shared.Text;
using Patron.Web.Http;

namespace Patron.Dialects.Portal;

/// <summary>The sync with the company's ERP: runs, for administrators, and pending decisions, for staff of the home organization.</summary>
internal static class SyncEndpoints
{
    public static void MapSync(this RouteGroupBuilder portal)
    {
        var sync = portal.MapGroup("/api/portal/sync");
        sync.MapPost("/", StartAsync)
            .Describe(
                "start_sync", "Start a sync",
                "For administrators. A worker begins within a second where an ERP is set up. While a run is open, that one is answered: one at a time reads the ERP.")
            .TakesExample(SyncExamples.Full)
            .Answers<StartedSyncAnswer>(202, "The run that was asked for.", SyncExamples.Started)
            .Answers<StartedSyncAnswer>(200, "The run that is open already.", SyncExamples.Started)
            .Fails(400, 401, 403, 404, 413, 415, 422, 503);
        sync.MapGet("/", ListAsync)
            .Describe("list_syncs", "List syncs", "For administrators: the latest ones, the newest first.")
            .Answers<SyncRunsAnswer>(200, "The runs.", SyncExamples.Runs)
            .Fails(401, 403, 404, 422, 503);
        sync.MapGet("/status/", StatusAsync)
            .Describe(
                "get_sync_status", "Get the sync status",
                "For administrators: customers in all, linked to the ERP, with a password and of each type; the open run and the last one; what waits for staff.")
            .Answers<SyncStatusAnswer>(200, "The figures.", SyncExamples.Status)
            .Fails(401, 403, 404, 503);
        sync.MapGet("/{id:long}/", FindAsync)
            .Describe("get_sync", "Get a sync", "For administrators: how far it is, and its figures once it has succeeded.")
            .Answers<FoundSyncAnswer>(200, "The run.", SyncExamples.Found)
            .Fails(401, 403, 404, 503);
        sync.MapGet("/partners/", PartnersAsync)
            .Describe(
                "list_partners", "List partners of the ERP",
                "For staff of the home organization: what became of each partner, the oldest first, with the customer it is linked to. waiting=true lists those that wait for a decision: conflicts, and partners that are gone whose customer has an account or whose address someone else has now. after takes next of the page before.")
            .Answers<PartnersAnswer>(200, "The partners.", SyncExamples.Partners)
            .Fails(401, 403, 404, 422, 503);
        sync.MapPost("/partners/{id}/settle/", SettleAsync)
            .Describe(
                "settle_partner", "Settle a partner",
                "keep: it is one more partner of the same customer. take: the customer is this partner's from now on. ignore: it belongs to no customer; of one that is gone, nothing is to be done. merge: its customer and the customer who has its address now become one record.")
            .TakesExample(SyncExamples.Settle)
            .Answers<SettledPartnerAnswer>(200, "The partner as it is now.", SyncExamples.Partner)
            .Fails(400, 401, 403, 404, 413, 415, 422, 503);
        MapChangeRequests(portal.MapGroup("/api/portal/change-requests"));
    }

    private static void MapChangeRequests(RouteGroupBuilder requests)
    {
        requests.MapGet("/", RequestsAsync)
            .Describe(
                "list_change_requests", "List change requests",
                "For staff of the home organization: requests for fields that the ERP owns, the oldest first. When the sync brings the requested value, a request is done by itself.")
            .Answers<ChangeRequestsAnswer>(200, "The requests that wait.", SyncExamples.Requests)
            .Fails(401, 403, 404, 422, 503);
        requests.MapPost(
            "/{id:long}/done/",
            (long id, AnswerChangeRequest answer, HttpContext http, CancellationToken cancellationToken) =>
                AnswerAsync(id, isDone: true, answer, http, cancellationToken))
            .Describe("finish_change_request", "Mark request done", "The value has been changed in the ERP.")
            .Answers<AnsweredRequestAnswer>(200, "The request with its answer.", SyncExamples.Request)
            .Fails(401, 403, 404, 503);
        requests.MapPost(
            "/{id:long}/decline/",
            (long id, AnswerChangeRequest answer, HttpContext http, CancellationToken cancellationToken) =>
                AnswerAsync(id, isDone: false, answer, http, cancellationToken))
            .Describe("decline_change_request", "Decline a request", "The field keeps its current value.")
            .Answers<AnsweredRequestAnswer>(200, "The request with its answer.", SyncExamples.Request)
            .Fails(401, 403, 404, 503);
    }

    private static async Task<IResult> StartAsync(
        SyncRequest? request, RequestSync sync, HttpContext http, CancellationToken cancellationToken) =>
        (await sync.HandleAsync(http.Caller(), request?.Full ?? false, cancellationToken)).ToResult(requested => requested.IsNew
            ? TypedResults.Accepted($"/api/portal/sync/{requested.Run.Id}/", StartedSyncAnswer.From(requested))
            : TypedResults.Ok(StartedSyncAnswer.From(requested)));

    private static async Task<IResult> ListAsync(
        ReadSyncRuns runs, HttpContext http, CancellationToken cancellationToken, int limit = 20) =>
        (await runs.ListAsync(http.Caller(), limit, cancellationToken)).ToOk(found => new SyncRunsAnswer(
            true, [.. found.Select(SyncRunAnswer.From)]));

    private static async Task<IResult> StatusAsync(ReadSyncRuns runs, HttpContext http, CancellationToken cancellationToken) =>
        (await runs.StatusAsync(http.Caller(), cancellationToken)).ToOk(SyncStatusAnswer.From);

    private static async Task<IResult> FindAsync(long id, ReadSyncRuns runs, HttpContext http, CancellationToken cancellationToken) =>
        (await runs.FindAsync(http.Caller(), id, cancellationToken)).ToOk(run => new FoundSyncAnswer(true, SyncRunAnswer.From(run)));

    private static async Task<IResult> PartnersAsync(
        ListPartners partners, HttpContext http, CancellationToken cancellationToken, string? state = null, bool waiting = false,
        string after = "", int limit = 100)
    {
        PartnerState? filter = state is not null && EnumNames<PartnerState>.TryRead(state, out var read) ? read : null;
        return state is not null && filter is null
            ? Answers.Problem(Error.Invalid("state", EnumNames<PartnerState>.Rule))
            : (await partners.HandleAsync(
                http.Caller(), filter, waiting, after, limit,
                cancellationToken)).ToOk(found => new PartnersAnswer(
                    true, [.. found.Partners.Select(PartnerAnswer.From)], found.Total, found.Next));
    }

    private static async Task<IResult> SettleAsync(
        string id, SettleRequest request, SettlePartner settle, HttpContext http, CancellationToken cancellationToken) =>
        request.Decision is not { } decision
            ? Answers.Problem(Error.Invalid("decision", EnumNames<Settlement>.Rule))
            : (await settle.HandleAsync(
                http.Caller(), id, decision, cancellationToken)).ToOk(view => new SettledPartnerAnswer(true, PartnerAnswer.From(view)));

    private static async Task<IResult> RequestsAsync(
        AnswerChangeRequest requests, HttpContext http, CancellationToken cancellationToken, long after = 0, int limit = 100) =>
        (await requests.ListAsync(http.Caller(), after, limit, cancellationToken)).ToOk(found => new ChangeRequestsAnswer(
            true, [.. found.Select(ChangeRequestAnswer.From)]));

    private static async Task<IResult> AnswerAsync(
        long id, bool isDone, AnswerChangeRequest requests, HttpContext http, CancellationToken cancellationToken) =>
        (await requests.HandleAsync(
            http.Caller(), id, isDone, cancellationToken)).ToOk(view => new AnsweredRequestAnswer(true, ChangeRequestAnswer.From(view)));
}
