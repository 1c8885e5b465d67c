using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Users;
using Patron.Erp.Dashboards;
using Patron.Linking;
using Patron.Portal.Http;
using Patron.Shared.Callers;
using Patron.Web.Http;

namespace Patron.Portal.Pages;

/// <summary>The model of the overview. Without a customer record there is no dashboard.</summary>
public sealed record DashboardModel(User Account, Dashboard? Dashboard, int Offers);

/// <summary>Reads the model of the overview.</summary>
internal sealed class ReadDashboardPage(FindAccount account, ReadDashboard dashboard, ListNamedOffers offers)
{
    public async Task<DashboardModel> HandleAsync(Caller caller, CancellationToken cancellationToken) => new(
        (await account.HandleAsync(caller, cancellationToken)).User,
        (await dashboard.HandleAsync(caller, cancellationToken)).Succeeded(out var own, out _) ? own : null,
        (await offers.HandleAsync(caller, cancellationToken)).Count);
}

/// <summary>Maps the overview.</summary>
internal static class DashboardPages
{
    public static void MapDashboard(this RouteGroupBuilder pages) =>
        pages.MapGet("/dashboard", async (ReadDashboardPage read, HttpContext http, CancellationToken cancellationToken) =>
        {
            var model = await read.HandleAsync(http.Caller(), cancellationToken);
            return model.Dashboard is null && StaffPages.IsForStaff(http.Caller())
                ? PageResults.Redirect(http, StaffPages.Path)
                : PageResults.Page<DashboardPage, DashboardModel>(model);
        });
}
