using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Portal.Http;
using Patron.Shared.Callers;
using Patron.Web.Http;

namespace Patron.Portal.Pages;

/// <summary>The first page of staff: it names the API and the command line. Others are led to their overview.</summary>
internal static class StaffPages
{
    public const string Path = "/staff";

    public static void MapStaff(this RouteGroupBuilder pages) => pages.MapGet(Path, (HttpContext http) =>
        IsForStaff(http.Caller())
            ? PageResults.Page<StaffPage, EmptyModel>(EmptyModel.Instance)
            : PageResults.Redirect(http, ReturnAddress.Home));

    /// <summary>Whether the caller is an admin, or an employee or vendor of any organization.</summary>
    public static bool IsForStaff(Caller caller) => caller.IsAdmin || caller.Memberships.Any(membership => membership.IsStaff);
}
