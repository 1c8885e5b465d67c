using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Shared;
using Patron.Web.Http;

namespace Patron.Portal.Http;

/// <summary>
/// The portal's style sheet, script and icon, embedded in the assembly: read at the start, compressed at the first use, named after a hash
/// of their content, and cached by browsers for a year.
/// </summary>
internal sealed class PortalAsset
{
    private const string Prefix = "/assets/";

    private static readonly FrozenDictionary<string, PortalAsset> ByName =
        new[]
            { Read("portal.css", "text/css; charset=utf-8"), Read("portal.js", "text/javascript; charset=utf-8"),
                Read("portal.svg", "image/svg+xml") }
            .ToFrozenDictionary(asset => asset.fingerprinted, StringComparer.Ordinal);

    private readonly string fingerprinted;
    private readonly string type;
    private readonly byte[] plain;
    private readonly Lazy<byte[]> compressed;

    private PortalAsset(string fingerprinted, string type, byte[] plain) =>
        (this.fingerprinted, this.type, this.plain, compressed) = (fingerprinted, type, plain, new Lazy<byte[]>(() => Compress(plain)));

    public static string Style { get; } = UrlOf("portal.css");

    public static string Script { get; } = UrlOf("portal.js");

    public static string Icon { get; } = UrlOf("portal.svg");

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet(Prefix + "{name}", Send).ServedBy(ProcessRole.All).AllowAnonymous().ExcludeFromDescription();

    private static IResult Send(string name, HttpContext http)
    {
        if (!ByName.TryGetValue(name, out var asset))
        {
            return Results.NotFound();
        }

        var headers = http.Response.Headers;
        headers.CacheControl = "public, max-age=31536000, immutable";
        headers.XContentTypeOptions = "nosniff";
        headers.Vary = "Accept-Encoding";
        var acceptsBrotli = http.Request.GetTypedHeaders().AcceptEncoding.Any(encoding => encoding.Value == "br" && encoding.Quality != 0);
        if (acceptsBrotli)
        {
            headers.ContentEncoding = "br";
        }

        return Results.Bytes(acceptsBrotli ? asset.compressed.Value : asset.plain, asset.type);
    }

    private static string UrlOf(string name) =>
        Prefix + ByName.Keys.Single(fingerprinted => fingerprinted.EndsWith(Path.GetExtension(name), StringComparison.Ordinal));

    private static PortalAsset Read(string name, string type)
    {
        using var stream = typeof(PortalAsset).Assembly.GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        var hash = Convert.ToHexStringLower(SHA256.HashData(content))[..12];
        return new PortalAsset($"{Path.GetFileNameWithoutExtension(name)}.{hash}{Path.GetExtension(name)}", type, content);
    }

    private static byte[] Compress(byte[] content)
    {
        using var buffer = new MemoryStream();
        using (var brotli = new BrotliStream(buffer, CompressionLevel.SmallestSize))
        {
            brotli.Write(content);
        }

        return buffer.ToArray();
    }
}
