using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Erp.Runs;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.StaffConsole.Access;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Sync;

/// <summary>The status of the sync, its last runs, its settings, and the last dry run of this process.</summary>
public sealed record SyncModel(SyncStatus Status, IReadOnlyList<SyncRun> Runs, SyncSetup Setup, SyncPreview? Preview)
{
    /// <summary>Whether something runs, so that the page shows it again.</summary>
    public bool IsLive => Status.Open is not null || Preview is { EndedAt: null };
}

/// <summary>Reads the model of the page.</summary>
internal sealed class ReadSyncPage(ReadSyncRuns runs, ReadSyncSetup setup, StartSyncPreview preview)
{
    private const int Listed = 30;

    public async Task<Result<SyncModel>> HandleAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (!(await runs.StatusAsync(caller, cancellationToken)).Succeeded(out var status, out var refused)
            || !setup.Handle(caller).Succeeded(out var settings, out refused))
        {
            return refused;
        }

        return (await runs.ListAsync(caller, Listed, cancellationToken)).Select(list =>
            new SyncModel(status, list, settings, preview.FindLast(caller)));
    }
}

/// <summary>Shows and starts runs of the sync with the ERP, and dry runs, for administrators.</summary>
internal static class SyncPages
{
    public const string Path = "/sync";

    public static void MapSync(this RouteGroupBuilder pages)
    {
        pages.MapGet(Path, async (ReadSyncPage read, HttpContext http, CancellationToken cancellationToken) =>
            (await read.HandleAsync(http.Caller(), cancellationToken)).ToResult(PageResults.Page<SyncPage, SyncModel>));
        pages.MapPost(Path, StartAsync);
        pages.MapPost(Path + "/preview", StartPreview);
        pages.MapGet(Path + "/{id:long}", ShowRunAsync);
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

    private static IResult StartPreview(FormInput input, StartSyncPreview preview, HttpContext http) =>
        preview.Handle(http.Caller()).Error is { } error
            ? PageResults.Refused(http, input, error)
            : PageResults.Redirect(http, ConsoleVisit.Of(http).Path + Path);
}
