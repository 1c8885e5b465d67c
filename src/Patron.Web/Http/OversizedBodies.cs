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
        var (body, limit) = (http.Request.Body, http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>());
        var hasUnknownLength = http.Request.ContentLength is null && http.Features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>().CanHaveBody;
        if (hasUnknownLength)
        {
            // The server can't read on once its own limit has stopped a body in the middle, so Patron counts such a body itself.
            http.Request.Body = new CountedBody(body, limit.MaxRequestBodySize ?? long.MaxValue);
            limit.MaxRequestBodySize = MaxBytes;
        }

        await next(http);
        if (hasUnknownLength)
        {
            await DiscardAsync(http, body);
        }
        else if (!limit.IsReadOnly && http.Request.ContentLength is { } length && length > limit.MaxRequestBodySize && length <= MaxBytes)
        {
            limit.MaxRequestBodySize = MaxBytes;
            await DiscardAsync(http, body);
        }
    });

    private static async Task DiscardAsync(HttpContext http, Stream body)
    {
        await http.Response.CompleteAsync(); // A client that waits for permission to send its body reads the response now.
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        timeout.CancelAfter(MaxTime);
        try
        {
            await body.CopyToAsync(Stream.Null, timeout.Token);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client has disconnected, is too slow or sends more than is discarded.
        }
    }
}
