using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Linking.AuditSearch;
using Patron.Shared.Results;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Audit;

/// <summary>A page of the audit log and its filter.</summary>
public sealed record AuditModel(AuditPage Entries, AuditFilter Filter);

/// <summary>Searches and exports the audit log of the organization; administrators also that of all.</summary>
internal static class AuditPages
{
    public const string Path = "/audit";
    public const int PageSize = 50;

    public static void MapAudit(this RouteGroupBuilder pages)
    {
        pages.MapGet(Path, SearchAsync);
        pages.MapGet(Path + "/export", ExportAsync);
    }

    private static async Task<IResult> SearchAsync(
        [AsParameters] AuditFilter filter, SearchAudit search, HttpContext http, CancellationToken cancellationToken, string? cursor = null)
    {
        var query = filter.ToQuery() with { Cursor = cursor, Limit = PageSize };
        return (await search.HandleAsync(http.Caller(), query, cancellationToken)).ToResult(entries =>
            PageResults.Page<AuditLogPage, AuditModel>(new AuditModel(entries, filter)));
    }

    private static async Task<IResult> ExportAsync(
        [AsParameters] AuditFilter filter, ExportAudit export, HttpContext http, CancellationToken cancellationToken) =>
        (await export.HandleAsync(http.Caller(), filter.ToQuery(), cancellationToken)).ToResult(write =>
            TypedResults.Stream(stream => write(stream, http.RequestAborted), "text/csv", "audit.csv"));
}
