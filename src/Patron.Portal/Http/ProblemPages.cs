using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Portal.Pages;
using Patron.Web.Http;

namespace Patron.Portal.Http;

/// <summary>What went wrong, as a page: on the addresses of pages, and where a browser looks for a page that there is not.</summary>
internal static class ProblemPages
{
    private static readonly PathString[] Programs = ["/api", "/openapi", "/docs", "/health", "/.well-known", "/assets"];

    /// <summary>The <see cref="ProblemPage"/> of the portal.</summary>
    public static IResult? Find(HttpContext http, ProblemAnswer problem)
    {
        var endpoint = http.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? http.GetEndpoint();
        if (endpoint is RouteEndpoint ? endpoint.Metadata.GetMetadata<IsPage>() is null : !LooksForPage(http.Request))
        {
            return null;
        }

        http.Response.Headers.Remove("WWW-Authenticate");
        return problem.Status == StatusCodes.Status401Unauthorized
            ? PageResults.Next(http, "/login?return_url=" + Uri.EscapeDataString(Wanted(http.Request)), status: StatusCodes.Status302Found)
            : new PageResult<ProblemView, ProblemAnswer>(problem, problem.Status);
    }

    private static bool LooksForPage(HttpRequest request) =>
        IsRead(request)
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
        && !Array.Exists(Programs, prefix => request.Path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase));

    // What was posted is not repeated by itself.
    private static string Wanted(HttpRequest request) => IsRead(request) ? request.Path + request.QueryString.ToString() : ReturnAddress.Home;

    private static bool IsRead(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
}
