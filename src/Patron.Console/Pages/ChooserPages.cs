using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Organizations;
using Patron.StaffConsole.Access;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.StaffConsole.Pages.Organizations;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages;

/// <summary>The organizations that a person works for.</summary>
public sealed record ChooserModel(IReadOnlyList<OrganizationView> Organizations);

/// <summary>
/// Leads to the organization that the person works for; whoever works for several chooses one. Administrators search for one.
/// </summary>
internal static class ChooserPages
{
    private const int MaxOrganizations = 200;

    public static void MapChooser(this RouteGroupBuilder pages)
    {
        pages.MapGet("", EnterAsync);
        pages.MapGet("/organizations", ChooseAsync);
    }

    // The organization of the request is home or the only one; someone who is no staff there chooses.
    private static async Task<IResult> EnterAsync(FindOrganization organizations, HttpContext http, CancellationToken cancellationToken)
    {
        var caller = http.Caller();
        if (!caller.IsStaffAnywhere)
        {
            return PageResults.Redirect(http, ReturnAddress.Home, "console_staff_only");
        }

        var found = await organizations.HandleAsync(caller, caller.OrganizationId.ToString(), cancellationToken);
        return caller.IsStaff && found.Succeeded(out var view, out _)
            ? PageResults.Redirect(http, ConsoleVisit.PathOf(view.Organization.Number))
            : PageResults.Redirect(http, "/console/organizations");
    }

    private static async Task<IResult> ChooseAsync(
        ListOrganizations list, FindOrganization organizations, HomeOrganization home, HttpContext http, CancellationToken cancellationToken)
    {
        var caller = http.Caller();
        if (!caller.IsStaffAnywhere)
        {
            return PageResults.Redirect(http, ReturnAddress.Home, "console_staff_only");
        }

        if (caller.IsAdmin)
        {
            return (await organizations.HandleAsync(caller, home.Id.ToString(), cancellationToken)).ToResult(view =>
                PageResults.Redirect(http, ConsoleVisit.PathOf(view.Organization.Number) + OrganizationPages.Path));
        }

        var found = await list.HandleAsync(caller, page: 1, MaxOrganizations, cancellationToken);
        return PageResults.Page<ChooserPage, ChooserModel>(
            new ChooserModel([.. found.Rows.Where(view => caller.IsStaffOf(view.Organization.Id))]));
    }
}
