using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Shared.Checks;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Health;

/// <summary>Shows the version and the checks of the installation, for administrators.</summary>
internal static class HealthPages
{
    public const string Path = "/health";

    public static void MapHealth(this RouteGroupBuilder pages) => pages.MapGet(Path, ShowAsync);

    private static async Task<IResult> ShowAsync(CheckInstallation check, HttpContext http, CancellationToken cancellationToken) =>
        (await check.HandleAsync(http.Caller(), cancellationToken)).ToResult(PageResults.Page<HealthPage, InstallationReport>);
}
