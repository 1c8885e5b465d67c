using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Patron.Web.Http;

/// <summary>
/// Compresses the answers of marked endpoints with Brotli or gzip. The length of a compressed answer tells whether text that an attacker
/// chose also occurs elsewhere in it (BREACH). So endpoints whose answers contain tokens or secrets are never marked, and answers to the
/// session cookie are never compressed: browsers also send it when a link of another site is opened, and that site chose the query, which
/// pages and lists repeat. Other sites cannot send the headers with which all other callers authenticate. Not by ASP.NET Core's middleware,
/// which knows neither the length of an answer nor keeps Content-Length.
/// </summary>
public static class Compression
{
    public const string Brotli = "br";
    public const string GZip = "gzip";
    private static readonly string[] Encodings = [Brotli, GZip]; // The better one first.

    // The headers alone have some 600 bytes; below this nothing is gained.
    private const int MinLength = 1024;

    /// <summary>Marks endpoints whose answers contain no tokens or secrets, and fit into memory: each is compressed as a whole.</summary>
    public static TBuilder AllowCompression<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new Compressible());

    /// <summary>Must be the last middleware, so that errors and retries do not see the buffer, and the caller is known.</summary>
    public static void UseCompression(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<Compressible>() is null || CallerAuthentication.IsByCookie(http))
        {
            return next(http);
        }

        http.Response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        return FindEncoding(http.Request) is { } encoding ? RunAsync(http, next, encoding) : next(http);
    });

    /// <summary>The best encoding that the client accepts; null if there is none.</summary>
    internal static string? FindEncoding(HttpRequest request)
    {
        if (request.Headers.AcceptEncoding.Count == 0)
        {
            return null;
        }

        var accepted = request.GetTypedHeaders().AcceptEncoding;
        return Array.Find(Encodings, encoding => (Find(encoding) ?? Find("*")) is { Quality: not 0 });

        StringWithQualityHeaderValue? Find(string value) =>
            accepted.FirstOrDefault(candidate => candidate.Value.Equals(value, StringComparison.OrdinalIgnoreCase));
    }

    internal static byte[] Compress(ReadOnlySpan<byte> content, string encoding, CompressionLevel level)
    {
        using var buffer = new MemoryStream();
        using (Stream stream = encoding == Brotli ? new BrotliStream(buffer, level) : new GZipStream(buffer, level))
        {
            stream.Write(content);
        }

        return buffer.ToArray();
    }

    private static async Task RunAsync(HttpContext http, RequestDelegate next, string encoding)
    {
        var (response, body) = (http.Response, http.Response.Body);
        using var buffer = new MemoryStream();
        response.Body = buffer;
        try
        {
            await next(http);
            await response.BodyWriter.FlushAsync(http.RequestAborted);
        }
        finally
        {
            response.Body = body;
        }

        var content = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        if (content.Length >= MinLength && response.Headers.SetCookie.Count == 0 && response.Headers.ContentEncoding.Count == 0)
        {
            content = Compress(content.Span, encoding, CompressionLevel.Fastest);
            response.Headers.ContentEncoding = encoding;
        }

        if (content.Length > 0)
        {
            response.ContentLength = content.Length;
            await body.WriteAsync(content, http.RequestAborted);
        }
    }
}

/// <summary>Marks an endpoint whose answers may be compressed, because they contain no tokens or secrets.</summary>
public sealed record Compressible;
