using System.Xml;

namespace Patron.Shared.Branding;

/// <summary>The company's logo: the content of a PNG or SVG file. The content and not the name of the file decides which it is.</summary>
public sealed record BrandLogo(byte[] Content, string MediaType)
{
    public const string Svg = "image/svg+xml";
    private const int MaxLength = 256 * 1024;

    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a];

    public bool IsSvg => MediaType == Svg;

    /// <summary>Reads a file that <see cref="Problem"/> accepts.</summary>
    public static BrandLogo Read(string file)
    {
        var content = File.ReadAllBytes(file);
        return new BrandLogo(content, content.AsSpan().StartsWith(PngSignature) ? "image/png" : Svg);
    }

    /// <summary>A sentence about why the file cannot be the logo, or null.</summary>
    internal static string? Problem(string file)
    {
        try
        {
            if (!File.Exists(file))
            {
                return $"Portal:Brand:Logo names {file}, which is no file.";
            }

            if (new FileInfo(file).Length > MaxLength)
            {
                return $"Portal:Brand:Logo names {file}, which is larger than {MaxLength / 1024} KB.";
            }

            var content = File.ReadAllBytes(file);
            return content.AsSpan().StartsWith(PngSignature) || IsSvgFile(content)
                ? null
                : $"Portal:Brand:Logo names {file}, which is neither PNG nor SVG.";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"Portal:Brand:Logo names {file}, which cannot be read.";
        }
    }

    private static bool IsSvgFile(byte[] content)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null };
        using var reader = XmlReader.Create(new MemoryStream(content), settings);
        try
        {
            return reader.MoveToContent() == XmlNodeType.Element && reader.LocalName == "svg";
        }
        catch (XmlException)
        {
            return false;
        }
    }
}
