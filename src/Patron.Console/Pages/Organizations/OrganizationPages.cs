using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Organizations;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Organizations;

/// <summary>A page of organizations with these words in their names, after a number.</summary>
public sealed record OrganizationsModel(FoundOrganizations Found, string? Search, long After);

/// <summary>Finds organizations, shows who belongs to one, and leads to its console, for administrators.</summary>
internal static class OrganizationPages
{
    public const string Path = "/organizations";
    private const int PageSize = 50;

    public static void MapOrganizations(this RouteGroupBuilder pages)
    {
        pages.MapGet(Path, ListAsync);
        pages.MapGet(Path + "/{number:long}", ShowAsync);
    }

    private static async Task<IResult> ListAsync(
        FindOrganizations find, HttpContext http, CancellationToken cancellationToken, string? search = null, long after = 0) =>
        (await find.HandleAsync(http.Caller(), search, after, PageSize, cancellationToken)).ToResult(found =>
            PageResults.Page<OrganizationsPage, OrganizationsModel>(new OrganizationsModel(found, search, after)));

    private static async Task<IResult> ShowAsync(
        long number, SummarizeOrganization summarize, HttpContext http, CancellationToken cancellationToken) =>
        (await summarize.HandleAsync(http.Caller(), number, cancellationToken)).ToResult(
            PageResults.Page<OrganizationDetailPage, OrganizationSummary>);
}
