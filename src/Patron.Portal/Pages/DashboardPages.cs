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

/// <summary>What the overview shows; no dashboard where there is no customer record yet.</summary>
public sealed record DashboardModel(User Account, Dashboard? Dashboard, int Offers);

/// <summary>Reads what the overview shows.</summary>
internal sealed class ReadDashboardPage(FindAccount account, ReadDashboard dashboard, ListNamedOffers offers)
{
    public async Task<DashboardModel> HandleAsync(Caller caller, CancellationToken cancellationToken) => new(
        (await account.HandleAsync(caller, cancellationToken)).User,
        (await dashboard.HandleAsync(caller, cancellationToken)).Succeeded(out var own, out _) ? own : null,
        (await offers.HandleAsync(caller, cancellationToken)).Count);
}

/// <summary>The overview.</summary>
internal static class DashboardPages
{
    public static void MapDashboard(this RouteGroupBuilder personal) =>
        personal.MapGet("/dashboard", async (ReadDashboardPage read, HttpContext http, CancellationToken cancellationToken) =>
            PageResults.Page<DashboardPage, DashboardModel>(await read.HandleAsync(http.Caller(), cancellationToken)));
}
