using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Patron.Shared.Database;

namespace Patron.Web.Http;

/// <summary>
/// Repeats a request, up to three times, if PostgreSQL rolled its transaction back because of another one (deadlock, serialization failure)
/// or no longer has a prepared statement. Each try has its own service scope, so that no state of the previous one is left.
/// </summary>
public static class ConflictRetries
{
    private const int MaxRetries = 3;
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(20);

    public static void UseConflictRetries(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        var body = await ReadAsync(http);
        for (var retry = 0; ; retry++)
        {
            try
            {
                if (body is not null)
                {
                    http.Request.Body = new MemoryStream(body, writable: false);
                }

                await next(http);
                return;
            }
            catch (Exception exception) when (retry < MaxRetries && !http.Response.HasStarted && DatabaseFailure.IsRetriable(exception))
            {
                http.Response.Clear();
            }

            // A random delay keeps the same requests from colliding again.
            await Task.Delay(Delay * (retry + Random.Shared.NextDouble()), http.RequestAborted);
            RenewServices(http);
        }
    });

    // Bodies are small (1 MB at most) and are read completely anyway.
    private static async Task<byte[]?> ReadAsync(HttpContext http)
    {
        if (http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            return null;
        }

        using var buffer = new MemoryStream();
        await http.Request.Body.CopyToAsync(buffer, http.RequestAborted);
        return buffer.ToArray();
    }

    private static void RenewServices(HttpContext http)
    {
        var scope = http.RequestServices.GetRequiredService<IServiceScopeFactory>().CreateAsyncScope();
        http.Response.RegisterForDisposeAsync(scope);
        http.RequestServices = scope.ServiceProvider;
    }
}
