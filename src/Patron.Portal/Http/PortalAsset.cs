using System.Collections.Frozen;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Shared;
using Patron.Web.Http;

namespace Patron.Portal.Http;

/// <summary>
/// The portal's style sheet, script and icon, embedded in the assembly, named after a hash of their content, and cached by browsers for a
/// year.
/// </summary>
internal static class PortalAsset
{
    internal const string Prefix = "/assets/";

    internal const string CachedForAYear = "public, max-age=31536000, immutable";

    private static readonly FrozenDictionary<string, PublicContent> ByName =
        new[]
        {
            Read("portal.css", "text/css; charset=utf-8"), Read("portal.js", "text/javascript; charset=utf-8"),
            Read("portal.svg", "image/svg+xml"),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    public static string Style { get; } = UrlOf("portal.css");

    public static string Script { get; } = UrlOf("portal.js");

    public static string Icon { get; } = UrlOf("portal.svg");

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet(Prefix + "{name}", (string name, BrandAssets brand, HttpContext http) => ByName.TryGetValue(name, out var asset)
                ? asset.Answer(http)
                : brand.Find(name, http) ?? Results.NotFound())
            .ServedBy(ProcessRole.All).AllowAnonymous().AvailableDuringStart().ExcludeFromDescription();

    private static string UrlOf(string name) =>
        Prefix + ByName.Keys.Single(fingerprinted => fingerprinted.EndsWith(Path.GetExtension(name), StringComparison.Ordinal));

    private static KeyValuePair<string, PublicContent> Read(string name, string type)
    {
        using var stream = typeof(PortalAsset).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var content = new PublicContent(bytes, type, CachedForAYear);
        return new($"{Path.GetFileNameWithoutExtension(name)}.{content.Fingerprint}{Path.GetExtension(name)}", content);
    }
}
