using System.Globalization;
using Patron.Customers.Customers;

namespace Patron.UnitTests.Customers;

public class CountriesTests
{
    [Theory]
    [InlineData("DE", "DE", "Germany")]
    [InlineData("deutschland", "DE", "Germany")]
    [InlineData(" Germany ", "DE", "Germany")]
    [InlineData("U.S.A.", "US", "USA")]
    [InlineData("the United States of America", "US", "USA")]
    [InlineData("Cote d’Ivoire", "CI", "Côte d'Ivoire")]
    [InlineData("Bosnien und Herzegowina", "BA", "Bosnia & Herzegovina")]
    [InlineData("ESPAÑA", "ES", "Spain")]
    [InlineData("日本", "JP", "Japan")]
    [InlineData("Narnia", null, "Narnia")]
    [InlineData("Germny", null, "Germny")]
    [InlineData("", null, "")]
    public void Country_is_known_by_its_code_and_its_names(string text, string? code, string name) =>
        Assert.Equal((code, name), (Countries.CodeOf(text), Countries.NameOf(text, CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("Germany", "de-AT", "Deutschland")]
    [InlineData("Deutschland", "en-GB", "Germany")]
    [InlineData("Deutschland", "fr-FR", "Germany")]
    [InlineData("Narnia", "de-DE", "Narnia")]
    public void Country_has_its_name_in_German_or_else_English(string text, string language, string name) =>
        Assert.Equal(name, Countries.NameOf(text, CultureInfo.GetCultureInfo(language)));

    [Fact]
    public void Every_region_of_the_platform_is_known_by_its_codes_and_names()
    {
        var regions = CultureInfo.GetCultures(CultureTypes.SpecificCultures).Select(culture => new RegionInfo(culture.Name))
            .Where(region => region.TwoLetterISORegionName is [>= 'A' and <= 'Z', >= 'A' and <= 'Z'] and not ("DG" or "EA" or "IC")).ToList(); // Parts of countries.
        Assert.True(regions.Count > 200);
        Assert.All(regions, region =>
        {
            Assert.Equal(region.TwoLetterISORegionName, Countries.CodeOf(region.TwoLetterISORegionName));
            Assert.Equal(region.TwoLetterISORegionName, Countries.CodeOf(region.EnglishName));
        });
    }
}
