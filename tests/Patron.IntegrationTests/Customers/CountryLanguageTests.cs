using System.Net;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Customers;

/// <summary>Lists and statistics show each country under its name in the language of the request.</summary>
public sealed class CountryLanguageTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Theory]
    [InlineData("de-AT,de;q=0.9,en;q=0.5", "de", """["Deutschland","Narnia","Österreich"]""", """{"Deutschland":2,"Narnia":1,"Österreich":1}""")]
    [InlineData("fr, de;q=0.2, en;q=0.1", "de", """["Deutschland","Narnia","Österreich"]""", """{"Deutschland":2,"Narnia":1,"Österreich":1}""")]
    [InlineData("en-US", "en", """["Austria","Germany","Narnia"]""", """{"Germany":2,"Austria":1,"Narnia":1}""")]
    [InlineData("fr, de;q=0", "en", """["Austria","Germany","Narnia"]""", """{"Germany":2,"Austria":1,"Narnia":1}""")]
    [InlineData("*", "en", """["Austria","Germany","Narnia"]""", """{"Germany":2,"Austria":1,"Narnia":1}""")]
    [InlineData("no; language, at=all", "en", """["Austria","Germany","Narnia"]""", """{"Germany":2,"Austria":1,"Narnia":1}""")]
    public async Task Countries_have_their_names_in_the_language_of_the_request(string accepted, string language, string names, string figures)
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        foreach (var country in new[] { "Germany", "Deutschland", "AT", "Narnia" })
        {
            await app.CreateCustomerAsync(staff, new Dictionary<string, object?>(JohnDoe(), StringComparer.Ordinal) { ["city"] = "Anywhere", ["country"] = country });
        }

        foreach (var (path, expected) in new[] { ("available/countries", names), ("statistics/overview", figures), ("stats/", figures) })
        {
            using var answer = await app.Customers.SendAsync(HttpMethod.Get, Api + path, staff, null, ("Accept-Language", accepted));
            var body = await answer.ShouldBeAsync(HttpStatusCode.OK);
            Assert.Equal(expected, (path == "available/countries" ? body : body.GetProperty("customers_by_country")).GetRawText());
            Assert.Equal(language, Assert.Single(answer.Content.Headers.ContentLanguage));
            Assert.Contains("Accept-Language", answer.Headers.Vary);
        }

        using var cities = await app.Customers.SendAsync(HttpMethod.Get, $"{Api}available/cities?country={Uri.EscapeDataString("Österreich")}", staff);
        Assert.Equal("""["Anywhere"]""", (await cities.ShouldBeAsync(HttpStatusCode.OK)).GetRawText());
    }

    [Fact]
    public async Task Answers_without_translated_names_have_no_language()
    {
        var staff = await app.SomeStaffAsync();
        foreach (var path in new[] { "available/cities", "available/countries?skip=-1" })
        {
            using var answer = await app.Customers.SendAsync(HttpMethod.Get, Api + path, staff, null, ("Accept-Language", "de"));
            Assert.Empty(answer.Content.Headers.ContentLanguage);
        }
    }
}
