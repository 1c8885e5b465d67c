using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Statistics;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages;

/// <summary>The start page: how the organization's customers are, in figures.</summary>
internal static class HomePages
{
    public static void MapHome(this RouteGroupBuilder pages) => pages.MapGet("", ShowAsync);

    private static async Task<IResult> ShowAsync(ReadStatistics statistics, HttpContext http, CancellationToken cancellationToken) =>
        (await statistics.HandleAsync(http.Caller(), PageLanguage.Of(http), cancellationToken)).ToResult(PageResults.Page<HomePage, CustomerStatistics>);
}
