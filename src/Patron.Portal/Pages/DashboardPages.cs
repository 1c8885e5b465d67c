using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Users;
using Patron.Erp.Dashboards;
using Patron.Linking;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.Portal.Pages;

/// <summary>The model of the overview. Without a customer record there is no dashboard.</summary>
public sealed record DashboardModel(User Account, Dashboard? Dashboard, int Offers);

/// <summary>Reads the model of the overview.</summary>
internal sealed class ReadDashboardPage(FindAccount account, ReadDashboard dashboard, ListNamedOffers offers)
{
    public async Task<DashboardModel> HandleAsync(Caller caller, CancellationToken cancellationToken) =>
        await ReadAsync(caller, await dashboard.HandleAsync(caller, cancellationToken), cancellationToken);

    public async Task<DashboardModel> RefreshAsync(Caller caller, CancellationToken cancellationToken) =>
        await ReadAsync(caller, await dashboard.RefreshAsync(caller, cancellationToken), cancellationToken);

    private async Task<DashboardModel> ReadAsync(Caller caller, Result<Dashboard> result, CancellationToken cancellationToken) => new(
        (await account.HandleAsync(caller, cancellationToken)).User,
        result.Succeeded(out var own, out _) ? own : null,
        (await offers.HandleAsync(caller, cancellationToken)).Count);
}

/// <summary>Maps the overview.</summary>
internal static class DashboardPages
{
    private const string Path = "/dashboard";

    public static void MapDashboard(this RouteGroupBuilder pages)
    {
        pages.MapGet(Path, ShowAsync);
        pages.MapPost(Path + "/refresh", RefreshAsync);
    }

    private static async Task<IResult> ShowAsync(ReadDashboardPage read, HttpContext http, CancellationToken cancellationToken)
    {
        var model = await read.HandleAsync(http.Caller(), cancellationToken);
        return model.Dashboard is null && http.Caller().IsStaffAnywhere
            ? PageResults.Redirect(http, "/console")
            : PageResults.Page<DashboardPage, DashboardModel>(model);
    }

    // Where the ERP is unavailable, this page marks what is not up to date; the next one would show it from the cache as if it were.
    private static async Task<IResult> RefreshAsync(ReadDashboardPage read, HttpContext http, CancellationToken cancellationToken)
    {
        var model = await read.RefreshAsync(http.Caller(), cancellationToken);
        return model.Dashboard is { IsUpToDate: false }
            ? PageResults.Page<DashboardPage, DashboardModel>(model)
            : PageResults.Redirect(http, Path, "refreshed");
    }
}
