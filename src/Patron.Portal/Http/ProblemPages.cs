using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Portal.Pages;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.Portal.Http;

/// <summary>Shows errors as pages: on the routes of pages, and for unknown paths that a browser requests as a page.</summary>
internal static class ProblemPages
{
    private static readonly PathString[] ApiPrefixes = ["/api", "/openapi", "/docs", "/health", "/.well-known", "/assets"];

    /// <summary>Implements <see cref="ProblemPage"/>.</summary>
    public static IResult? Find(HttpContext http, ProblemAnswer problem)
    {
        var endpoint = http.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? http.GetEndpoint();
        var page = endpoint?.Metadata.GetMetadata<IsPage>();
        if (endpoint is RouteEndpoint ? page is null : !RequestsPage(http.Request))
        {
            return null;
        }

        http.Response.Headers.Remove("WWW-Authenticate");
        if (problem.Status == StatusCodes.Status401Unauthorized)
        {
            return new SignInRedirect();
        }

        return page?.ShowProblem?.Invoke(problem) ?? new PageResult<ProblemView, ProblemAnswer>(problem, problem.Status);
    }

    private static bool RequestsPage(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
        && !Array.Exists(ApiPrefixes, prefix => request.Path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase));
}
