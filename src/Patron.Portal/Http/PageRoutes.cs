using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Patron.Shared;
using Patron.Shared.Results;
using Patron.Web.Http;

namespace Patron.Portal.Http;

/// <summary>The mark of an address that people look at: its errors are pages, too.</summary>
internal sealed record IsPage;

/// <summary>How pages are mapped: served where accounts and customers are one process, no part of the API, no form without its token.</summary>
internal static class PageRoutes
{
    private static readonly Error Foreign = Error.Rule("This form is no longer valid: it was open for long, or you have signed in or out meanwhile. Open the page again and repeat what you did.");

    /// <summary>Pages that anybody may see.</summary>
    public static RouteGroupBuilder MapOpenPages(this IEndpointRouteBuilder app) => app.MapPages().AllowAnonymous();

    /// <summary>Pages of somebody who is signed in; others are led to the sign-in page and back.</summary>
    public static RouteGroupBuilder MapPersonalPages(this IEndpointRouteBuilder app) => app.MapPages().RequireAuthorization(CallerAuthentication.People);

    private static RouteGroupBuilder MapPages(this IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup("").ServedBy(ProcessRole.All).WithMetadata(new IsPage()).ExcludeFromDescription();
        pages.AddEndpointFilter(RefuseForeignFormsAsync);
        return pages;
    }

    private static async ValueTask<object?> RefuseForeignFormsAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (http.Request.HasFormContentType)
        {
            await Forms.ReadAsync(http); // Kept for all who read it after; what is no form is the sender's fault here, and nobody's bug.
        }

        return await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http) ? await next(context) : Answers.Problem(Foreign);
    }
}
