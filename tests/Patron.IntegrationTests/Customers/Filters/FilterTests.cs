using System.Net;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Customers.Filters;

/// <summary>What each term finds, and what it excludes with a minus before it.</summary>
public sealed class FilterTests(OneProcess app) : IClassFixture<OneProcess>
{
    private static readonly string[] Everybody = ["Ann", "Jean-Luc", "Tendai", "Wholesale", "Łukasz"];

    [Theory]
    [InlineData("lukasz", "Łukasz")]
    [InlineData("LUKASZ nowak", "Łukasz")]
    [InlineData("krakow", "Łukasz")] // The email address.
    [InlineData("\"lukasz nowak\"", "Łukasz")]
    [InlineData("\"nowak lukasz\"")]
    [InlineData("\"jean-luc dubois\"", "Jean-Luc")]
    [InlineData("\"luc dub\"", "Jean-Luc")]
    [InlineData("obrien", "Ann")]
    [InlineData("\"o'brien\"", "Ann")]
    [InlineData("jean luc", "Jean-Luc")]
    [InlineData("+1 212 5550142", "Ann")] // However a phone is written ...
    [InlineData("212.555.0142", "Ann")]
    [InlineData("phone:2125550142", "Ann")]
    [InlineData("phone:\"48 12 3456789\"", "Łukasz")] // ... also in a term.
    [InlineData("phone:+263", "Tendai", "Wholesale")]
    [InlineData("city:harare", "Tendai", "Wholesale")]
    [InlineData("city:york", "Jean-Luc")]
    [InlineData("city:*york", "Ann", "Jean-Luc")]
    [InlineData("city:krakow,\"new york\"", "Ann", "Łukasz")]
    [InlineData("city:krak*w", "Łukasz")]
    [InlineData("city:%")]
    [InlineData("city:_ork")]
    [InlineData("country:zw", "Tendai", "Wholesale")] // Any name of the country.
    [InlineData("country:gb,poland", "Jean-Luc", "Łukasz")]
    [InlineData("country:nowhere")]
    [InlineData("tag:premium", "Ann", "Łukasz")]
    [InlineData("tag:vip", "Wholesale", "Łukasz")]
    [InlineData("tag:vip,old", "Ann", "Jean-Luc", "Wholesale", "Łukasz")]
    [InlineData("company:acme", "Wholesale")]
    [InlineData("first_name:luk", "Łukasz")]
    [InlineData("last_name:moyo,nowak", "Tendai", "Łukasz")]
    [InlineData("email:tendai.harare@zimbabwe.example", "Tendai")]
    [InlineData("email:TENDAI.Harare@Zimbabwe.example", "Tendai")]
    [InlineData("email:*@usa.example", "Ann")]
    [InlineData("email:*harare*", "Tendai", "Wholesale")]
    [InlineData("email:%harare%")]
    [InlineData("type:company", "Wholesale")]
    [InlineData("type:company,individual", "Ann", "Jean-Luc", "Tendai", "Wholesale", "Łukasz")]
    [InlineData("status:inactive", "Jean-Luc")]
    [InlineData("is:active", "Ann", "Tendai", "Wholesale", "Łukasz")]
    [InlineData("is:inactive", "Jean-Luc")]
    [InlineData("is:deleted", "Jean-Luc")]
    [InlineData("is:blocked")]
    [InlineData("is:verified", "Łukasz")]
    [InlineData("is:linked", "Ann")]
    [InlineData("is:waiting", "Tendai", "Wholesale", "Łukasz")]
    [InlineData("is:business", "Wholesale")]
    [InlineData("has:account", "Ann")]
    [InlineData("has:erp", "Tendai")]
    [InlineData("has:phone", "Ann", "Tendai", "Wholesale", "Łukasz")]
    [InlineData("has:notes", "Ann", "Jean-Luc", "Wholesale", "Łukasz")]
    [InlineData("has:tags", "Ann", "Jean-Luc", "Wholesale", "Łukasz")]
    [InlineData("has:reference,company", "Wholesale")]
    [InlineData("has:email", "Ann", "Jean-Luc", "Tendai", "Wholesale", "Łukasz")]
    [InlineData("has:address", "Ann", "Jean-Luc", "Tendai", "Wholesale", "Łukasz")]
    [InlineData("created:2024", "Łukasz")]
    [InlineData("created:2024-02", "Łukasz")]
    [InlineData("created:2024-02-29", "Łukasz")]
    [InlineData("created:<=2024-02-29", "Łukasz")]
    [InlineData("created:<2024-02-29")]
    [InlineData("created:>2024-02-29", "Ann", "Jean-Luc", "Tendai", "Wholesale")]
    [InlineData("created:>=2024-02-29", "Ann", "Jean-Luc", "Tendai", "Wholesale", "Łukasz")]
    [InlineData("updated:1d", "Ann", "Jean-Luc", "Tendai", "Wholesale", "Łukasz")]
    [InlineData("seen:1w", "Ann")]
    [InlineData("seen:<30d", "Tendai")]
    [InlineData("language:pl", "Ann", "Łukasz")]
    [InlineData("language:pl-pl", "Łukasz")]
    [InlineData("group:wholesale", "Wholesale")]
    [InlineData("group:individual", "Ann", "Jean-Luc", "Tendai", "Łukasz")]
    [InlineData("territory:NORTH", "Łukasz")]
    [InlineData("ref:r-4711", "Wholesale")]
    [InlineData("ref:r-*", "Wholesale")]
    public async Task Term_finds_the_right_customers_and_negated_all_others(string filter, params string[] names)
    {
        var staff = await app.StaffOfPeopleAsync();
        Assert.Equal(names, (await app.FindAsync(staff, filter).NamesAsync()).Order(StringComparer.Ordinal));
        if (!filter.Contains(' ', StringComparison.Ordinal) || filter.Contains('"', StringComparison.Ordinal))
        {
            Assert.Equal(
                Everybody.Except(names), (await app.FindAsync(staff, $"-{filter}").NamesAsync()).Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [InlineData("tag:premium -tag:old", "Łukasz")]
    [InlineData("city:harare type:individual", "Tendai")]
    [InlineData("-is:deleted -has:account -country:zimbabwe", "Łukasz")]
    [InlineData("-seen:7d -is:deleted", "Tendai", "Wholesale", "Łukasz")] // Nobody who was never seen was seen lately.
    [InlineData("created:>=2024-01-01 created:<2025-01-01", "Łukasz")]
    public async Task All_terms_must_hold(string filter, params string[] names) =>
        Assert.Equal(names, (await app.FindAsync(await app.StaffOfPeopleAsync(), filter).NamesAsync()).Order(StringComparer.Ordinal));

    [Fact]
    public async Task Identifiers_find_their_customer_alone()
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        var customer = await app.CreateCustomerAsync(staff);
        await app.CreateCustomerAsync(staff);
        foreach (var text in new[] { customer.Id(), customer.Id().Replace('_', '-').ToLowerInvariant(), customer.Text("uid")!, customer.Text("code")! })
        {
            var found = await (await app.FindAsync(staff, $"id:{text}")).ShouldBeAsync(HttpStatusCode.OK);
            Assert.Equal(customer.Id(), Assert.Single(found.EnumerateArray()).Id());
        }

        Assert.Single(await app.FindAsync(staff, $"-id:{customer.Id()}").NamesAsync());
    }

    [Theory]
    [InlineData("{0}?filter={1}")]
    [InlineData("{0}find?filter={1}")]
    public async Task Every_list_takes_the_filter(string path)
    {
        var staff = await app.StaffOfPeopleAsync();
        var url = string.Format(System.Globalization.CultureInfo.InvariantCulture, path, Api, "tag:premium%20-tag:old");
        Assert.Equal(["Łukasz"], await app.Customers.SendAsync(HttpMethod.Get, url, staff).NamesAsync());
    }

    [Fact]
    public async Task Search_takes_the_filter_beside_its_criteria()
    {
        var staff = await app.StaffOfPeopleAsync();
        var found = await (await app.Customers.SendAsync(HttpMethod.Post, Api + "search", staff, new { filter = "city:harare", tags = "vip" }))
            .ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("Wholesale", Assert.Single(found.GetProperty("customers").EnumerateArray()).Text("first_name"));
    }

    [Theory]
    [InlineData("citty:x", "There's no term citty:. Did you mean city:?")]
    [InlineData("is:happy", "There's no is:happy. Use one of is:active, is:inactive")]
    [InlineData("odoo:1", "There's no term odoo:.")] // There is no ERP here.
    [InlineData("-", "There's nothing to search for in this filter.")]
    [InlineData("\u0007", "Remove the control characters.")]
    public async Task Wrong_filter_is_refused_with_a_sentence_about_the_field(string filter, string sentence)
    {
        var staff = await app.SomeStaffAsync();
        foreach (var answer in new[]
        {
            await app.FindAsync(staff, filter),
            await app.Customers.SendAsync(HttpMethod.Get, $"{Api}?filter={Uri.EscapeDataString(filter)}", staff),
            await app.Customers.SendAsync(HttpMethod.Post, Api + "search", staff, new { filter }),
        })
        {
            var problem = await answer.ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
            Assert.StartsWith(sentence, problem.GetProperty("errors").GetProperty("filter")[0].GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Customers_of_other_organizations_are_never_found_whatever_the_term()
    {
        await app.StaffOfPeopleAsync();
        var other = await app.StaffOfNewOrganizationAsync();
        foreach (var filter in new[] { "lukasz", "email:tendai.harare@zimbabwe.example", "ref:r-4711", "-tag:nothing", "city:harare", "is:linked", "country:zw", "id:CUST-00001" })
        {
            Assert.Empty(await app.FindAsync(other, filter).NamesAsync());
        }

        await (await app.FindAsync(await app.RegisterAsync(), "a")).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.FindAsync(null, "a")).ShouldBeAsync(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("lu", "Jean-Luc", "Łukasz")]
    [InlineData("l")]
    [InlineData("")]
    [InlineData("nowak", "Łukasz")]
    [InlineData("R-4711", "Wholesale")]
    [InlineData("tendai.harare@zimbabwe.example", "Tendai")]
    [InlineData("2125550142", "Ann")]
    [InlineData("tag:premium luk", "Łukasz")]
    [InlineData("luk tag:", "Łukasz")] // What is not finished yet does not matter.
    [InlineData("\"")]
    public async Task Quick_results_begin_with_the_second_letter(string text, params string[] names)
    {
        var staff = await app.StaffOfPeopleAsync();
        Assert.Equal(names, await app.Customers.SendAsync(HttpMethod.Get, $"{Api}quick?text={Uri.EscapeDataString(text)}", staff).NamesAsync());
    }

    [Theory]
    [InlineData("", 0, "is:")]
    [InlineData("ci", 2, "city:")]
    [InlineData("tag:a -ci", 9, "tag:a -city:")]
    [InlineData("wait", 4, "is:waiting ")]
    [InlineData("is:in", 5, "is:inactive ")]
    [InlineData("city:har", 8, "city:Harare ")]
    [InlineData("city:new", 8, "city:\"New York\" ")]
    [InlineData("city:\"new y", 11, "city:\"New York\" ")]
    [InlineData("city:york,har", 13, "city:york,Harare ")]
    [InlineData("city:har tag:a", 8, "city:Harare tag:a")]
    [InlineData("country:zim", 11, "country:Zimbabwe ")]
    [InlineData("tag:pre", 7, "tag:premium ")]
    [InlineData("nonsense:x", 10, null)]
    [InlineData("\"ci", 3, null)]
    [InlineData("ci", 99, null)]
    public async Task Suggestions_complete_the_term_at_the_caret(string filter, int caret, string? expected)
    {
        var staff = await app.StaffOfPeopleAsync();
        var answer = await (await app.Customers.SendAsync(
            HttpMethod.Get, $"{Api}filter/suggestions?filter={Uri.EscapeDataString(filter)}&caret={caret}", staff)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(expected, answer.EnumerateArray().Select(suggestion => suggestion.Text("text")).FirstOrDefault());
    }
}
