using Patron.Shared.Branding;

namespace Patron.UnitTests.Branding;

/// <summary>Every accepted accent gives readable texts in light and dark mode.</summary>
public sealed class BrandPaletteTests
{
    private static readonly Rgb DarkCard = new(0x18, 0x24, 0x28);

    [Theory]
    [InlineData("#000000", "#ffffff", 21)]
    [InlineData("#ffffff", "#ffffff", 1)]
    [InlineData("#767676", "#ffffff", 4.54)]
    public void Contrast_is_that_of_WCAG(string text, string ground, double expected) =>
        Assert.Equal(expected, Color(text).ContrastTo(Color(ground)), 2);

    [Fact]
    public void Every_accepted_accent_is_readable_in_both_modes()
    {
        var accepted = 0;
        for (var value = 0; value <= 0xffffff; value += 7919)
        {
            var options = new BrandOptions { Accent = $"#{value:x6}" };
            if (options.Contradiction() is not null)
            {
                continue;
            }

            accepted++;
            var (light, dark) = (options.Palette!.Light, options.Palette.Dark);
            foreach (var (text, ground) in new[]
            {
                (light.Accent, BrandPalette.LightGround), (light.AccentText, light.Accent), (light.AccentText, light.AccentDeep), (light.Accent, light.Tint),
                (dark.Accent, DarkCard), (dark.AccentText, dark.Accent), (dark.AccentText, dark.AccentDeep), (dark.Accent, dark.Tint),
            })
            {
                Assert.True(text.ContrastTo(ground) >= BrandPalette.MinContrast, $"{options.Accent}: {text} on {ground} has {text.ContrastTo(ground):0.00}.");
            }
        }

        Assert.InRange(accepted, 200, 2_000);
    }

    private static Rgb Color(string text) => Rgb.TryParse(text, out var color) ? color : throw new FormatException(text);
}
