using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Import;
using Patron.Customers.Jobs;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Jobs;

/// <summary>A page of imports, the newest first.</summary>
public sealed record ImportsModel(JobPage<ImportView> Imports);

/// <summary>Shows the imports of files, beside the jobs.</summary>
internal static class ImportPages
{
    public const string Path = JobPages.Path + "/imports";

    public static void MapImports(this RouteGroupBuilder pages) => pages.MapGet(Path, ListAsync);

    private static async Task<IResult> ListAsync(
        ListImports list, HttpContext http, CancellationToken cancellationToken, long? cursor = null) =>
        (await list.HandleAsync(http.Caller(), cursor, cancellationToken)).ToResult(imports =>
            PageResults.Page<ImportsPage, ImportsModel>(new ImportsModel(imports)));
}
