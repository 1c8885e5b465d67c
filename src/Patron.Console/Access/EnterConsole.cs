using Microsoft.AspNetCore.Http;
using Patron.Accounts.Organizations;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Access;

/// <summary>
/// Lets staff of the organization in the address in, and has the request act in it. Others are sent to the portal with a sentence; an
/// organization that is not one of the caller's is 404.
/// </summary>
internal sealed class EnterConsole(CallerLookup lookup, FindOrganization organizations) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (!http.Caller().IsStaffAnywhere)
        {
            return PageResults.Redirect(http, ReturnAddress.Home, "console_staff_only");
        }

        var number = (string)http.Request.RouteValues["organization"]!;
        var acting = await lookup.ActInAsync(http, number);
        if (!acting.Succeeded(out var caller, out var unknown))
        {
            return Answers.Problem(unknown);
        }

        if (!caller.IsStaff)
        {
            return PageResults.Redirect(http, ReturnAddress.Home, "console_staff_only");
        }

        var found = await organizations.HandleAsync(caller, number, http.RequestAborted);
        if (!found.Succeeded(out var view, out var missing))
        {
            return Answers.Problem(missing);
        }

        http.Features.Set(caller);
        var mayChoose = caller.IsAdmin || caller.Memberships.Count(membership => membership.IsStaff) > 1;
        http.Features.Set(new ConsoleVisit(view.Organization, mayChoose));
        return await next(context);
    }
}
