using System.Globalization;

namespace Patron.Shared.Branding;

/// <summary>
/// The colours of buttons, links and marks that follow from one accent colour, for light and dark pages. Texts in these colours have a
/// contrast of at least 4.5:1 to what is behind them (WCAG 2, AA), provided that the accent has it to <see cref="LightGround"/>.
/// </summary>
public sealed class BrandPalette
{
    public const double MinContrast = 4.5;

    private const double Step = 0.04;
    private const double HoverShare = 0.25;
    private const double TintShare = 0.12;

    private static readonly Rgb White = new(255, 255, 255);
    private static readonly Rgb Black = new(0, 0, 0);

    // --ground and --card of portal.css.
    private static readonly Rgb DarkGround = new(0x10, 0x19, 0x1c);
    private static readonly Rgb DarkCard = new(0x18, 0x24, 0x28);

    public BrandPalette(Rgb accent)
    {
        Light = new Tones(accent, White, accent.MixedWith(Black, HoverShare), TintOn(White, accent));
        var pale = accent;
        for (var share = Step; pale.ContrastTo(DarkCard) < MinContrast; share += Step)
        {
            pale = accent.MixedWith(White, share);
        }

        Dark = new Tones(pale, DarkGround, pale.MixedWith(White, HoverShare), TintOn(DarkCard, pale));
    }

    /// <summary>The darkest background of light pages: <c>--ground</c> of portal.css.</summary>
    public static Rgb LightGround { get; } = new(0xf4, 0xf6, 0xf6);

    public Tones Light { get; }

    public Tones Dark { get; }

    // As much of the accent as leaves text in the accent readable.
    private static Rgb TintOn(Rgb card, Rgb accent)
    {
        var share = TintShare;
        while (share > 0 && card.MixedWith(accent, share).ContrastTo(accent) < MinContrast)
        {
            share -= Step / 4;
        }

        return card.MixedWith(accent, double.Max(share, 0));
    }

    /// <summary>The accent, text on it, the accent under the pointer, and a background for small marks.</summary>
    public sealed record Tones(Rgb Accent, Rgb AccentText, Rgb AccentDeep, Rgb Tint);
}

/// <summary>A colour of sRGB.</summary>
public readonly record struct Rgb(byte Red, byte Green, byte Blue)
{
    public static bool TryParse(string text, out Rgb color)
    {
        color = default;
        if (text.Length != 7 || text[0] != '#'
            || !int.TryParse(text.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        color = new Rgb((byte)(value >> 16), (byte)(value >> 8), (byte)value);
        return true;
    }

    /// <summary>The contrast ratio of WCAG 2: from 1, the same luminance, to 21, black and white.</summary>
    public double ContrastTo(Rgb other)
    {
        var (a, b) = (Luminance, other.Luminance);
        return (double.Max(a, b) + 0.05) / (double.Min(a, b) + 0.05);
    }

    /// <summary>This colour with a share of another one, from 0 to 1.</summary>
    public Rgb MixedWith(Rgb other, double share)
    {
        return new Rgb(Mix(Red, other.Red), Mix(Green, other.Green), Mix(Blue, other.Blue));

        byte Mix(byte from, byte to) => (byte)Math.Round(from + ((to - from) * double.Clamp(share, 0, 1)));
    }

    public override string ToString() => $"#{Red:x2}{Green:x2}{Blue:x2}";

    private double Luminance => (0.2126 * Linear(Red)) + (0.7152 * Linear(Green)) + (0.0722 * Linear(Blue));

    private static double Linear(byte channel)
    {
        var value = channel / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
    }
}
