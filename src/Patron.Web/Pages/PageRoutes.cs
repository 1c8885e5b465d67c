using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Patron.Shared;
using Patron.Shared.Results;
using Patron.Web.Http;

namespace Patron.Web.Pages;

/// <summary>Marks an endpoint as a page, so that its errors are pages too.</summary>
/// <param name="ShowProblem">Shows an error in the layout of the page; null for the portal's.</param>
public sealed record IsPage(Func<ProblemAnswer, IResult>? ShowProblem = null);

/// <summary>Maps pages: they are served only by role all, are not part of the API, and require a token for nearly every form.</summary>
public static class PageRoutes
{
    private static readonly Error InvalidFormToken = Error.Rule(
        "form_expired", "This page has expired. Reload it and try again.");

    /// <summary>Maps pages without sign-in.</summary>
    public static RouteGroupBuilder MapPublicPages(this IEndpointRouteBuilder app) =>
        app.MapPages().AddFormTokens().AllowAnonymous();

    /// <summary>Maps pages without sign-in whose forms carry an authorization of their own.</summary>
    public static RouteGroupBuilder MapPagesWithoutFormToken(this IEndpointRouteBuilder app) => app.MapPages().AllowAnonymous();

    /// <summary>Maps pages that need sign-in; anonymous callers are redirected to the sign-in page and back.</summary>
    public static RouteGroupBuilder MapSignedInPages(this IEndpointRouteBuilder app) =>
        app.MapPages().AddFormTokens().RequireAuthorization(CallerAuthentication.People);

    private static RouteGroupBuilder MapPages(this IEndpointRouteBuilder app) =>
        app.MapGroup("").ServedBy(ProcessRole.All).WithMetadata(new IsPage()).ExcludeFromDescription();

    private static RouteGroupBuilder AddFormTokens(this RouteGroupBuilder pages)
    {
        pages.AddEndpointFilter(ValidateFormTokenAsync);
        return pages;
    }

    private static async ValueTask<object?> ValidateFormTokenAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (http.Request.HasFormContentType)
        {
            await Forms.ReadAsync(http); // Cached for later readers. Reading here makes an unreadable form a 400.
        }

        return await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http)
            ? await next(context)
            : Answers.Problem(InvalidFormToken);
    }
}
