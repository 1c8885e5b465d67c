using System.Globalization;
using Patron.Web.Texts;

namespace Patron.UnitTests.Pages;

/// <summary>Amounts are written as the language does.</summary>
public sealed class MoneyTextTests
{
    [Theory]
    [InlineData(1234.5, "EUR", "en-GB", "€1,234.50")]
    [InlineData(1234.5, "EUR", "de-DE", "1.234,50 €")]
    [InlineData(1234.5, "USD", "en-GB", "USD 1,234.50")]
    [InlineData(-1234.5, "USD", "en-GB", "-USD 1,234.50")]
    [InlineData(-1234.5, "USD", "de-DE", "-1.234,50 USD")]
    [InlineData(-7, "GBP", "en-GB", "-£7.00")]
    [InlineData(1234, "JPY", "de-DE", "1.234 JPY")]
    [InlineData(1.2349, "KWD", "en-GB", "KWD 1.235")]
    [InlineData(1234.5, null, "de-DE", "1.234,50")]
    public void Money(double amount, string? currency, string culture, string expected) =>
        Assert.Equal(expected, MoneyText.Format((decimal)amount, currency, CultureInfo.GetCultureInfo(culture)).Replace('\u00a0', ' '));
}
