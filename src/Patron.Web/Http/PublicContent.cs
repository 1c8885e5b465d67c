using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Patron.Web.Http;

/// <summary>
/// Public content that does not change while the process runs, such as a style sheet. It is compressed once, at the first use.
/// </summary>
public sealed class PublicContent(byte[] content, string type, string cacheControl)
{
    private readonly Lazy<byte[]> brotli = new(() => Compression.Compress(content, Compression.Brotli, CompressionLevel.Optimal));
    private readonly Lazy<byte[]> gzip = new(() => Compression.Compress(content, Compression.GZip, CompressionLevel.Optimal));

    // Weak, because it is the same for all encodings.
    private readonly EntityTagHeaderValue tag = new($"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\"", isWeak: true);

    /// <summary>A hash of the content.</summary>
    public string Fingerprint => tag.Tag.ToString().Trim('"');

    /// <summary>The answer in the best encoding that the client accepts, or 304 if it has this content already.</summary>
    public IResult Answer(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.CacheControl = cacheControl;
        headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        var encoding = Compression.FindEncoding(http.Request);
        headers.ContentEncoding = encoding;
        return Results.Bytes(
            encoding switch { null => content, Compression.Brotli => brotli.Value, _ => gzip.Value }, type, entityTag: tag);
    }
}
