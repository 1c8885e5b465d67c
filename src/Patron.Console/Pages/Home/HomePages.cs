using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Statistics;
using Patron.Shared.Text;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Home;

/// <summary>The start page: how the organization's customers are and grow, in figures and pictures.</summary>
internal static class HomePages
{
    public static void MapHome(this RouteGroupBuilder pages) => pages.MapGet("", ShowAsync);

    private static async Task<IResult> ShowAsync(
        ReadHomePage read, HttpContext http, CancellationToken cancellationToken, string? by = null)
    {
        var unit = EnumNames<GrowthUnit>.TryRead(by ?? "", out var named) ? named : GrowthUnit.Month;
        var found = await read.HandleAsync(http.Caller(), unit, PageLanguage.Of(http), cancellationToken);
        return found.ToResult(PageResults.Page<HomePage, HomeModel>);
    }
}
