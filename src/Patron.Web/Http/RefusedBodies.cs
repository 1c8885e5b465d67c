using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Patron.Web.Http;

/// <summary>
/// Takes in what a client still sends of a body that is too large to be read. Most clients read the answer only when they have sent everything: to them
/// a connection that is closed before is a broken pipe, and they never learn why.
/// </summary>
public static class RefusedBodies
{
    private const long MostBytes = 16 * 1024 * 1024;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(5);

    /// <summary>A body of more than 16 MB, or one that takes more than 5 s, is cut off all the same.</summary>
    public static void UseRefusedBodies(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        await next(http);
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit
            && http.Request.ContentLength is { } length && length > limit.MaxRequestBodySize && length <= MostBytes)
        {
            limit.MaxRequestBodySize = MostBytes;
            await ThrowAwayAsync(http);
        }
    });

    private static async Task ThrowAwayAsync(HttpContext http)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        patience.CancelAfter(MostTime);
        try
        {
            await http.Request.Body.CopyToAsync(Stream.Null, patience.Token);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client has gone, or is too slow.
        }
    }
}
