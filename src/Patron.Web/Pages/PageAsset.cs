using System.Reflection;
using Patron.Web.Http;

namespace Patron.Web.Pages;

/// <summary>
/// A style sheet, script or icon that is embedded in an assembly. Its address names a hash of its content, so that browsers cache it for a
/// year. A module registers its own as singletons.
/// </summary>
public sealed class PageAsset
{
    internal const string Prefix = "/assets/";

    internal const string CachedForAYear = "public, max-age=31536000, immutable";

    private PageAsset(string name, PublicContent content) => (Name, Content) = (name, content);

    public static PageAsset Style { get; } = Read(typeof(PageAsset).Assembly, "patron.css");

    public static PageAsset Script { get; } = Read(typeof(PageAsset).Assembly, "patron.js");

    public static PageAsset Icon { get; } = Read(typeof(PageAsset).Assembly, "patron.svg");

    /// <summary>The address within this site.</summary>
    public string Url => Prefix + Name;

    internal string Name { get; }

    internal PublicContent Content { get; }

    /// <summary>The file of this name in the folder wwwroot of the assembly's project.</summary>
    public static PageAsset Read(Assembly assembly, string file)
    {
        using var stream = assembly.GetManifestResourceStream(file)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var extension = Path.GetExtension(file);
        var content = new PublicContent(bytes, MediaTypeOf(extension), CachedForAYear);
        return new PageAsset($"{Path.GetFileNameWithoutExtension(file)}.{content.Fingerprint}{extension}", content);
    }

    private static string MediaTypeOf(string extension) => extension switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        _ => "image/svg+xml",
    };
}
