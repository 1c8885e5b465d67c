using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Erp;
using Patron.Customers.Profiles;
using Patron.Dialects.OpenApi;
using Patron.Web.Http;

namespace Patron.Dialects.Profiles;

/// <summary>A person's own request to change a field that the ERP owns.</summary>
public sealed record OwnChangeRequestAnswer(
    long Id, string Field, string? Value, DateTimeOffset AskedAt, ChangeAnswer? Answer, DateTimeOffset? AnsweredAt)
{
    public const string Example = """
        {"id": 7, "field": "city", "value": "Seattle", "asked_at": "2026-11-21T09:00:00Z", "answer": null, "answered_at": null}
        """;

    public const string WithdrawnExample = """
        {"id": 7, "field": "city", "value": "Seattle", "asked_at": "2026-11-21T09:00:00Z", "answer": "withdrawn", "answered_at": "2026-11-22T09:00:00Z"}
        """;

    public static OwnChangeRequestAnswer From(ChangeRequest request) =>
        new(request.Id, request.Field, request.Value, request.AskedAt, request.Answer, request.AnsweredAt);
}

/// <summary>The caller's own change requests: those that wait for staff, and withdrawing them.</summary>
internal static class OwnChangeRequestEndpoints
{
    public static void MapOwnChangeRequests(this RouteGroupBuilder profiles)
    {
        profiles.MapGet("/profile/change-requests/", ListAsync)
            .Describe(
                "list_own_change_requests", "List my change requests",
                "The changes of your profile that wait for review, because the company's ERP owns the fields. The profile names the fields as pending_changes.")
            .Answers<IEnumerable<OwnChangeRequestAnswer>>(200, "The open requests.", $"[{OwnChangeRequestAnswer.Example}]")
            .Fails(401, 403, 404, 503);
        profiles.MapPost("/profile/change-requests/{id:long}/withdraw/", WithdrawAsync)
            .Describe(
                "withdraw_own_change_request", "Withdraw my change request",
                "The field keeps its current value. Withdrawing a request again changes nothing. A request that staff have answered, or that a newer one has replaced, is 400.")
            .Answers<OwnChangeRequestAnswer>(200, "The withdrawn request.", OwnChangeRequestAnswer.WithdrawnExample)
            .Fails(400, 401, 403, 404, 503);
    }

    private static async Task<IResult> ListAsync(FindProfile find, HttpContext http, CancellationToken cancellationToken) =>
        (await find.HandleAsync(http.Caller(), cancellationToken)).ToOk(
            profile => profile.PendingChanges.Select(OwnChangeRequestAnswer.From));

    private static async Task<IResult> WithdrawAsync(
        long id, WithdrawChangeRequest withdraw, HttpContext http, CancellationToken cancellationToken) =>
        (await withdraw.HandleAsync(http.Caller(), id, cancellationToken)).ToOk(OwnChangeRequestAnswer.From);
}
