using Patron.Shared.Branding;

namespace Patron.Shared.Mail;

/// <summary>The company as mails show it.</summary>
/// <param name="Name">The setting <c>Accounts:Brand</c>.</param>
/// <param name="LogoPath">The path of the logo among the portal's pages; null without a logo or without pages.</param>
public sealed record MailBrand(string Name, BrandOptions Options, string? LogoPath)
{
    // Mail programs do not show SVG pictures.
    private const string Picture = ".png";
    private static readonly Rgb DefaultAccent = new(0x0f, 0x5f, 0x63); // --accent of portal.css

    /// <summary>The colour of buttons and links. White text on it is readable (<see cref="BrandOptions.Contradiction"/>).</summary>
    public Rgb Accent => Options.Palette?.Light.Accent ?? DefaultAccent;

    /// <summary>The path of a logo that mail programs can show, or null.</summary>
    public string? PicturePath => LogoPath?.EndsWith(Picture, StringComparison.Ordinal) == true ? LogoPath : null;
}
