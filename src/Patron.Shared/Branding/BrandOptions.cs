using System.Globalization;
using Patron.Shared.Text;

namespace Patron.Shared.Branding;

/// <summary>
/// How the portal and the mails look like the company's own, besides its name (<c>Accounts:Brand</c>); section <c>Portal:Brand</c>.
/// </summary>
public sealed class BrandOptions
{
    private const int MaxHoursLength = 100;

    /// <summary>A PNG or SVG file of at most 256 KB, read once at the start. It replaces the name in the header of pages.</summary>
    public string? Logo { get; set; }

    /// <summary>
    /// The colour of buttons and links on a light background, such as <c>#0f5f63</c>. The one for dark mode follows from it.
    /// </summary>
    public string? Accent { get; set; }

    public string? SupportEmail { get; set; }

    public string? SupportPhone { get; set; }

    /// <summary>When support can be reached, such as <c>Mon-Fri 8:00-17:00</c>.</summary>
    public string? SupportHours { get; set; }

    public string? ImprintUrl { get; set; }

    public string? PrivacyUrl { get; set; }

    public string? TermsUrl { get; set; }

    public bool HasContact => SupportEmail is not null || SupportPhone is not null || SupportHours is not null;

    /// <summary>The colours that follow from <see cref="Accent"/>; null without one.</summary>
    public BrandPalette? Palette => Accent is { } accent && Rgb.TryParse(accent, out var color) ? new BrandPalette(color) : null;

    /// <summary>Returns a sentence about a setting that is wrong, or null.</summary>
    public string? Contradiction() =>
        LogoProblem() ?? AccentProblem() ?? ContactProblem()
        ?? AddressProblem(nameof(ImprintUrl), ImprintUrl) ?? AddressProblem(nameof(PrivacyUrl), PrivacyUrl)
        ?? AddressProblem(nameof(TermsUrl), TermsUrl);

    private string? LogoProblem() => Logo is { } file ? BrandLogo.Problem(file) : null;

    private string? AccentProblem()
    {
        if (Accent is not { } accent)
        {
            return null;
        }

        if (!Rgb.TryParse(accent, out var color))
        {
            return $"Portal:Brand:Accent must be a colour such as #0f5f63; '{accent}' is none.";
        }

        var contrast = color.ContrastTo(BrandPalette.LightGround);
        return contrast < BrandPalette.MinContrast
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"Portal:Brand:Accent {accent} has a contrast of {Math.Floor(contrast * 10) / 10:0.0}:1 to the light background of the pages, and text needs 4.5:1. Choose a darker colour.")
            : null;
    }

    private string? ContactProblem() => this switch
    {
        { SupportEmail: { } email } when !EmailAddress.TryParse(email, out _) =>
            "Portal:Brand:SupportEmail must be an email address such as support@example.com.",
        { SupportPhone: { } phone } when !PhoneNumber.IsValid(phone) =>
            "Portal:Brand:SupportPhone must be a phone number such as +49 30 1234567.",
        { SupportHours.Length: > MaxHoursLength } => $"Portal:Brand:SupportHours must have at most {MaxHoursLength} characters.",
        _ => null,
    };

    private static string? AddressProblem(string name, string? address) =>
        address is null || (Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri is { Scheme: "http" or "https" })
            ? null
            : $"Portal:Brand:{name} must be an address such as https://www.example.com/legal.";
}
