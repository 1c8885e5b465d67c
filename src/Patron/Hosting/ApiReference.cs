using Patron.Dialects.OpenApi;
using Patron.Shared;

namespace Patron.Hosting;

/// <summary>
/// The OpenAPI document at <c>/openapi/v1.json</c> and the interactive reference at <c>/docs</c>, which loads nothing from other servers.
/// </summary>
internal static class ApiReference
{
    public static void Add(IServiceCollection services, ProcessRole role) => OpenApiDocuments.Add(services, Health.Version, role);

    public static void MapApiReference(this IEndpointRouteBuilder app, ProcessRole role)
    {
        // A role without pages for customers shows the reference instead.
        app.MapGet("/", () => TypedResults.Redirect(role == ProcessRole.All ? "/dashboard" : "/docs")).AllowAnonymous()
            .ExcludeFromDescription();
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
    }

    /// <summary>Serves the page of the reference.</summary>
    public static void UseApiReference(this IApplicationBuilder app)
    {
        app.Use(ServeHeadAsGetAsync);
        app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = "docs";
            page.DocumentTitle = "Patron API";
            page.SwaggerEndpoint("/openapi/v1.json", "Patron API v1");
        });
    }

    // For HEAD, SwaggerUI answers with its unprocessed template. Kestrel keeps the original method and omits the body.
    private static async Task ServeHeadAsGetAsync(HttpContext http, RequestDelegate next)
    {
        var method = http.Request.Method;
        if (HttpMethods.IsHead(method) && http.Request.Path.StartsWithSegments("/docs", StringComparison.OrdinalIgnoreCase))
        {
            http.Request.Method = HttpMethods.Get;
        }

        await next(http);
        http.Request.Method = method;
    }
}
