using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Patron.Web.Http;

/// <summary>
/// Reads and discards the rest of a body that is too large. Most clients read the response only after they have sent everything; if the
/// connection is closed before, they see a broken pipe instead of the reason.
/// </summary>
public static class OversizedBodies
{
    private const long MaxBytes = 16 * 1024 * 1024;
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(5);

    /// <summary>A body of more than 16 MB, or one that takes more than 5 s, is not read to the end.</summary>
    public static void UseOversizedBodies(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        await next(http);
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit
            && http.Request.ContentLength is { } length && length > limit.MaxRequestBodySize && length <= MaxBytes)
        {
            limit.MaxRequestBodySize = MaxBytes;
            await DiscardAsync(http);
        }
    });

    private static async Task DiscardAsync(HttpContext http)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        timeout.CancelAfter(MaxTime);
        try
        {
            await http.Request.Body.CopyToAsync(Stream.Null, timeout.Token);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client has disconnected or is too slow.
        }
    }
}
