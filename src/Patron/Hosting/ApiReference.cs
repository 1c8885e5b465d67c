using Patron.Dialects.OpenApi;
using Patron.Shared;

namespace Patron.Hosting;

/// <summary>The API's description at <c>/openapi/v1.json</c> and its interactive reference at <c>/docs</c>, which needs no other server.</summary>
internal static class ApiReference
{
    public static void Add(IServiceCollection services, ProcessRole role) => OpenApiDocuments.Add(services, Health.Version, role);

    public static void MapApiReference(this IEndpointRouteBuilder app, ProcessRole role)
    {
        // Where there are no pages for customers, the reference is what there is to look at.
        app.MapGet("/", () => TypedResults.Redirect(role == ProcessRole.All ? "/dashboard" : "/docs")).AllowAnonymous().ExcludeFromDescription();
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
    }

    /// <summary>The page itself.</summary>
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

    // Asked with HEAD, the page shows its bare template. Kestrel remembers what was asked and leaves the body away.
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
