using System.Text;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerUI;
using Patron.Dialects.OpenApi;
using Patron.Shared;
using Patron.Web.Http;

namespace Patron.Hosting.Reference;

/// <summary>
/// The OpenAPI document at <c>/openapi/v1.json</c> and the interactive reference at <c>/docs</c>, which loads nothing from other servers.
/// </summary>
internal static class ApiReference
{
    private const string Document = "v1";

    // The names stay the same in a new version, so browsers ask by entity tag whether the content has changed.
    private const string CacheControl = "public, no-cache";

    // Swagger UI adds one style element, and has images in its style sheet.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void Add(IServiceCollection services, ProcessRole role) => OpenApiDocuments.Add(services, Health.Version, role);

    public static void MapApiReference(this IEndpointRouteBuilder app, ProcessRole role)
    {
        // A role without pages for customers shows the reference instead.
        app.MapGet("/", () => TypedResults.Redirect(role == ProcessRole.All ? "/dashboard" : "/docs")).AllowAnonymous()
            .AvailableDuringStart().ExcludeFromDescription();
        MapFile(app, "reference.css", "text/css; charset=utf-8", Read("reference.css"));
        MapFile(app, "sign-in.js", "text/javascript; charset=utf-8", Read("sign-in.js"));
        MapFile(app, "errors", "text/html; charset=utf-8", ErrorCodesPage.Create(Read("errors.md")));
        // The document does not depend on the request, and creating it takes tens of milliseconds.
        var document = new Lazy<Task<PublicContent>>(() => CreateAsync(app.ServiceProvider));
        app.MapGet($"/openapi/{Document}.json", async Task<IResult> (HttpContext http) => (await document.Value).Answer(http)).AllowAnonymous()
            .AvailableDuringStart().ExcludeFromDescription();
    }

    /// <summary>Serves the page of the reference.</summary>
    public static void UseApiReference(this IApplicationBuilder app, ProcessRole role)
    {
        app.Use(PrepareAsync);
        app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = "docs";
            page.DocumentTitle = "Patron API";
            page.SwaggerEndpoint($"../openapi/{Document}.json", "Patron API v1");
            page.DocExpansion(DocExpansion.None); // The descriptions of the groups are the table of contents.
            page.DefaultModelsExpandDepth(0);
            page.EnableDeepLinking();
            page.EnablePersistAuthorization();
            page.DisplayRequestDuration();
            page.InjectStylesheet("reference.css");
            if (role != ProcessRole.Customers)
            {
                page.InjectJavascript("sign-in.js");
            }
        });
    }

    private static void MapFile(IEndpointRouteBuilder app, string name, string contentType, string text)
    {
        var content = new PublicContent(Encoding.UTF8.GetBytes(text), contentType, CacheControl);
        app.MapGet($"/docs/{name}", content.Answer).AllowAnonymous().AvailableDuringStart().ExcludeFromDescription();
    }

    private static string Read(string file)
    {
        using var reader = new StreamReader(typeof(ApiReference).Assembly.GetManifestResourceStream(file)!);
        return reader.ReadToEnd();
    }

    private static async Task<PublicContent> CreateAsync(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        var document = await scope.ServiceProvider.GetRequiredKeyedService<IOpenApiDocumentProvider>(Document).GetOpenApiDocumentAsync();
        using var buffer = new MemoryStream();
        await document.SerializeAsJsonAsync(buffer, OpenApiSpecVersion.OpenApi3_1);
        return new PublicContent(buffer.ToArray(), "application/json; charset=utf-8", CacheControl);
    }

    private static async Task PrepareAsync(HttpContext http, RequestDelegate next)
    {
        if (!http.Request.Path.StartsWithSegments("/docs", StringComparison.OrdinalIgnoreCase))
        {
            await next(http);
            return;
        }

        http.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        http.Response.OnStarting(AllowCachingAsync, http.Response);
        // For HEAD, SwaggerUI answers with its unprocessed template. Kestrel keeps the original method and omits the body.
        var method = http.Request.Method;
        if (HttpMethods.IsHead(method))
        {
            http.Request.Method = HttpMethods.Get;
        }

        await next(http);
        http.Request.Method = method;
    }

    // SwaggerUI's own header lets only browsers keep its files, no shared cache.
    private static Task AllowCachingAsync(object state)
    {
        var response = (HttpResponse)state;
        if (response.StatusCode is StatusCodes.Status200OK or StatusCodes.Status304NotModified)
        {
            response.Headers.CacheControl = CacheControl;
        }

        return Task.CompletedTask;
    }
}
