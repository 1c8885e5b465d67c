using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Patron.Shared.Database;

namespace Patron.Web.Http;

/// <summary>
/// Answers a request once more, up to three times, where PostgreSQL undid its transaction for the sake of another one (a deadlock, a
/// serialization failure) or no longer knew a prepared statement. Each try has services of its own, so that nothing of the last one is left.
/// </summary>
public static class ConflictRetries
{
    private const int MostRetries = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

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
            catch (Exception exception) when (retry < MostRetries && !http.Response.HasStarted && DatabaseFailure.IsWorthRetrying(exception))
            {
                http.Response.Clear();
            }

            // Those who met once must not meet again.
            await Task.Delay(Pause * (retry + Random.Shared.NextDouble()), http.RequestAborted);
            RenewServices(http);
        }
    });

    // Bodies are small (1 MB at most), and are read whole anyway.
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
