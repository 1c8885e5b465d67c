using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Erp.Runs;
using Patron.Shared.Results;
using Patron.StaffConsole.Access;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Sync;

/// <summary>The status of the sync and its last runs.</summary>
public sealed record SyncModel(SyncStatus Status, IReadOnlyList<SyncRun> Runs);

/// <summary>Shows and starts runs of the sync with the ERP, for administrators.</summary>
internal static class SyncPages
{
    public const string Path = "/sync";
    private const int Listed = 30;

    public static void MapSync(this RouteGroupBuilder pages)
    {
        pages.MapGet(Path, ShowAsync);
        pages.MapPost(Path, StartAsync);
        pages.MapGet(Path + "/{id:long}", ShowRunAsync);
    }

    private static async Task<IResult> ShowAsync(ReadSyncRuns runs, HttpContext http, CancellationToken cancellationToken)
    {
        var caller = http.Caller();
        if (!(await runs.StatusAsync(caller, cancellationToken)).Succeeded(out var status, out var refused))
        {
            return Answers.Problem(refused);
        }

        return (await runs.ListAsync(caller, Listed, cancellationToken)).ToResult(list =>
            PageResults.Page<SyncPage, SyncModel>(new SyncModel(status, list)));
    }

    private static async Task<IResult> ShowRunAsync(long id, ReadSyncRuns runs, HttpContext http, CancellationToken cancellationToken) =>
        (await runs.FindAsync(http.Caller(), id, cancellationToken)).ToResult(PageResults.Page<SyncRunPage, SyncRun>);

    private static async Task<IResult> StartAsync(
        FormInput input, RequestSync request, HttpContext http, CancellationToken cancellationToken)
    {
        var result = await request.HandleAsync(http.Caller(), full: input["mode"] == "full", cancellationToken);
        return result.Succeeded(out var requested, out var error)
            ? PageResults.Redirect(
                http, $"{ConsoleVisit.Of(http).Path}{Path}/{requested.Run.Id}", requested.IsNew ? "sync_started" : "sync_running")
            : PageResults.Refused(http, input, error);
    }
}
