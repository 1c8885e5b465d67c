using System.Text;
using Microsoft.AspNetCore.Http;
using Patron.Shared.Branding;
using Patron.Web.Http;

namespace Patron.Web.Pages;

/// <summary>
/// The company's logo and colours as files, named after a hash of their content like the other assets. Null where they are not set.
/// </summary>
public sealed class BrandAssets
{
    // A logo may style itself. Opened as a page of its own, it can neither run scripts nor load anything.
    private const string LogoPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

    private readonly Dictionary<string, PublicContent> byName = new(StringComparer.Ordinal);

    public BrandAssets(BrandOptions options)
    {
        if (options.Palette is { } palette)
        {
            Style = Add("brand", ".css", Encoding.ASCII.GetBytes(StyleSheet(palette)), "text/css; charset=utf-8");
        }

        if (options.Logo is { } file)
        {
            var logo = BrandLogo.Read(file);
            Logo = Add("logo", logo.IsSvg ? ".svg" : ".png", logo.Content, logo.MediaType);
        }
    }

    public string? Style { get; }

    public string? Logo { get; }

    internal IResult? Find(string name, HttpContext http)
    {
        if (!byName.TryGetValue(name, out var content))
        {
            return null;
        }

        http.Response.Headers.ContentSecurityPolicy = LogoPolicy;
        return content.Answer(http);
    }

    private static string StyleSheet(BrandPalette palette) =>
        $":root{{{Properties(palette.Light)}}}@media (prefers-color-scheme:dark){{:root{{{Properties(palette.Dark)}}}}}";

    private static string Properties(BrandPalette.Tones tones) =>
        $"--accent:{tones.Accent};--accent-text:{tones.AccentText};--accent-deep:{tones.AccentDeep};--tint:{tones.Tint}";

    private string Add(string stem, string extension, byte[] bytes, string type)
    {
        var content = new PublicContent(bytes, type, PageAsset.CachedForAYear);
        var name = $"{stem}.{content.Fingerprint}{extension}";
        byName.Add(name, content);
        return PageAsset.Prefix + name;
    }
}
