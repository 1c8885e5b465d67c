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
/// The portal's style, script and picture, embedded in the assembly: read at the start and compressed at its first use, named after their content, kept by
/// browsers for a year.
/// </summary>
internal sealed class PortalAsset
{
    private const string Prefix = "/assets/";

    private static readonly FrozenDictionary<string, PortalAsset> ByName =
        new[] { Read("portal.css", "text/css; charset=utf-8"), Read("portal.js", "text/javascript; charset=utf-8"), Read("portal.svg", "image/svg+xml") }
            .ToFrozenDictionary(asset => asset.fingerprinted, StringComparer.Ordinal);

    private readonly string fingerprinted;
    private readonly string type;
    private readonly byte[] plain;
    private readonly Lazy<byte[]> compressed;

    private PortalAsset(string fingerprinted, string type, byte[] plain) =>
        (this.fingerprinted, this.type, this.plain, compressed) = (fingerprinted, type, plain, new Lazy<byte[]>(() => Compress(plain)));

    public static string Style { get; } = AddressOf("portal.css");

    public static string Script { get; } = AddressOf("portal.js");

    public static string Picture { get; } = AddressOf("portal.svg");

    public static void Map(IEndpointRouteBuilder app) => app.MapGet(Prefix + "{name}", Send).ServedBy(ProcessRole.All).AllowAnonymous().ExcludeFromDescription();

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
        var takesBrotli = http.Request.GetTypedHeaders().AcceptEncoding.Any(encoding => encoding.Value == "br" && encoding.Quality != 0);
        if (takesBrotli)
        {
            headers.ContentEncoding = "br";
        }

        return Results.Bytes(takesBrotli ? asset.compressed.Value : asset.plain, asset.type);
    }

    private static string AddressOf(string name) =>
        Prefix + ByName.Keys.Single(fingerprinted => fingerprinted.EndsWith(Path.GetExtension(name), StringComparison.Ordinal));

    private static PortalAsset Read(string name, string type)
    {
        using var stream = typeof(PortalAsset).Assembly.GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        var print = Convert.ToHexStringLower(SHA256.HashData(content))[..12];
        return new PortalAsset($"{Path.GetFileNameWithoutExtension(name)}.{print}{Path.GetExtension(name)}", type, content);
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
