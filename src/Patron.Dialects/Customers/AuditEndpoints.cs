using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Patron.Dialects.OpenApi;
using Patron.Linking.AuditSearch;
using Patron.Web.Http;

namespace Patron.Dialects.Customers;

/// <summary>The conditions of a search in the audit log.</summary>
internal sealed record AuditConditions(
    [FromQuery(Name = "from")] DateTimeOffset? From = null, [FromQuery(Name = "to")] DateTimeOffset? To = null,
    [FromQuery(Name = "action")] string? Action = null, [FromQuery(Name = "subject")] string? Subject = null,
    [FromQuery(Name = "actor")] Guid? Actor = null, [FromQuery(Name = "cause")] string? Cause = null,
    [FromQuery(Name = "everywhere")] bool Everywhere = false)
{
    public AuditQuery ToQuery() => new()
    {
        From = From, To = To, Action = Action, Subject = Subject, Actor = Actor, Cause = Cause, IsEverywhere = Everywhere,
    };
}

/// <summary>An audit entry: who changed what, when and from where.</summary>
public sealed record AuditAnswer(
    DateTimeOffset At, string Action, string SubjectType, Guid SubjectId, Guid? OrganizationId, ActorAnswer Actor, string? Cause,
    IReadOnlyList<ChangedFieldAnswer> Changes, string? Address, string? UserAgent)
{
    internal const string Example = """
        {"at": "2026-11-29T10:30:00Z", "action": "customer.changed", "subject_type": "customer", "subject_id": "0198c0de-4444-7000-8000-000000000001", "organization_id": "0198c0de-0000-7000-8000-000000000001", "actor": {"kind": "person", "id": "0198c0de-1111-7000-8000-000000000001", "name": "Jane Doe"}, "cause": null, "changes": [{"field": "city", "before": "Boston", "after": "Harare"}], "address": "203.0.113.7", "user_agent": null}
        """;

    internal static AuditAnswer From(AuditRow row) => new(
        row.At, row.Action, row.SubjectType, row.SubjectId, row.OrganizationId, ActorAnswer.From(row.Actor), row.Cause,
        ChangedFieldAnswer.From(row.Changes), row.Address, row.UserAgent);
}

/// <summary>Searches and exports the audit log.</summary>
internal static class AuditEndpoints
{
    private const string Rights =
        "For staff: the entries of the organization you act in. Administrators find those of all with everywhere=true. Addresses and devices are for staff of the home organization.";

    public static void MapAudit(this RouteGroupBuilder audit)
    {
        audit.MapGet("", SearchAsync)
            .Describe("search_audit", "Search the audit log", $"{Rights} The newest first.")
            .Answers<IEnumerable<AuditAnswer>>(
                200, "A page of entries. Link with rel=\"next\" leads to the next page.", $"[{AuditAnswer.Example}]")
            .Fails(401, 403, 404, 422, 503);
        audit.MapGet("/export", ExportAsync)
            .Describe(
                "export_audit", "Download the audit log",
                $"{Rights} All entries that the search finds, as CSV. Cells that a spreadsheet would take for a formula begin with an apostrophe.")
            .AnswersFile(200, "The entries.", "text/csv")
            .Fails(401, 403, 404, 422, 503);
    }

    private static async Task<IResult> SearchAsync(
        [AsParameters] AuditConditions conditions, SearchAudit search, HttpContext http, CancellationToken cancellationToken,
        string? cursor = null, int limit = AuditQuery.DefaultLimit) =>
        (await search.HandleAsync(http.Caller(), conditions.ToQuery() with { Cursor = cursor, Limit = limit }, cancellationToken))
            .ToOk(page => http.WithNext(page.Next, page.Rows.Select(AuditAnswer.From)));

    private static async Task<IResult> ExportAsync(
        [AsParameters] AuditConditions conditions, ExportAudit export, HttpContext http, CancellationToken cancellationToken) =>
        (await export.HandleAsync(http.Caller(), conditions.ToQuery(), cancellationToken)).ToResult(write =>
            TypedResults.Stream(stream => write(stream, http.RequestAborted), "text/csv", "audit.csv"));
}
