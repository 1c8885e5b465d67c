using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Crm.CrmIntents;

namespace Patron.IntegrationTests.Crm;

/// <summary>Paging in the style of Django REST framework.</summary>
public sealed class PagingTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Pages_are_linked_by_their_URLs()
    {
        var person = await app.RegisterAsync();
        for (var number = 1; number <= 4; number++)
        {
            await app.CreateOrganizationAsync(person, $"Company {number}");
        }

        var names = new List<string?>();
        string? next = new Uri(app.Accounts.Address, $"{Organizations}?page_size=2").AbsoluteUri;
        var previous = new List<string?>();
        while (next is not null)
        {
            var page = await (await app.ReadAsync(person, next)).ShouldBeAsync(HttpStatusCode.OK);
            Assert.Equal(["count", "next", "previous", "results"], page.Fields());
            Assert.Equal(5, page.GetProperty("count").GetInt32());
            names.AddRange(page.GetProperty("results").EnumerateArray().Select(row => row.GetProperty("name").GetString()));
            previous.Add(page.GetProperty("previous").GetString());
            next = page.GetProperty("next").GetString();
        }

        Assert.Equal(["Home", "Company 1", "Company 2", "Company 3", "Company 4"], names);
        var list = new Uri(app.Accounts.Address, Organizations).AbsoluteUri;
        Assert.Equal([null, $"{list}?page_size=2", $"{list}?page=2&page_size=2"], previous);
    }

    [Fact]
    public async Task Links_to_other_pages_keep_the_query()
    {
        var person = await app.RegisterAsync();
        await app.CreateOrganizationAsync(person);

        // Not through the checking client, because the query has parameters that are not documented.
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", person.Access);
        var list = new Uri(app.Accounts.Address, "/api/organizations").AbsoluteUri;
        var page = JsonDocument.Parse(await client.GetStringAsync($"{list}?search=%C3%A9%26&page_size=1&a=1&a=2")).RootElement;

        Assert.Equal($"{list}?a=1&a=2&page=2&page_size=1&search=%C3%A9%26", page.GetProperty("next").GetString());
    }

    [Fact]
    public async Task Page_after_the_last_is_404_and_the_first_of_an_empty_list_is_empty()
    {
        var person = await app.SharedPersonAsync();
        var empty = await (await app.ReadAsync(person, Vendors)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(0, empty.GetProperty("count").GetInt32());
        Assert.Equal(JsonValueKind.Null, empty.GetProperty("next").ValueKind);
        foreach (var list in new[] { Organizations, Vendors, Profiles })
        {
            await (await app.ReadAsync(person, $"{list}?page=2")).ShouldBeAsync(HttpStatusCode.NotFound);
            await (await app.ReadAsync(person, $"{list}?page=99999999")).ShouldBeAsync(HttpStatusCode.NotFound);
            await (await app.ReadAsync(person, $"{list}?page=2147483647&page_size=1000")).ShouldBeAsync(HttpStatusCode.NotFound);
        }
    }

    [Theory]
    [InlineData("page=0", "page")]
    [InlineData("page=-1", "page")]
    [InlineData("page=abc", "page")]
    [InlineData("page=99999999999", "page")]
    [InlineData("page_size=0", "page_size")]
    [InlineData("page_size=1001", "page_size")]
    [InlineData("page_size=abc", "page_size")]
    public async Task Invalid_page_is_422_with_its_parameter(string query, string field)
    {
        foreach (var list in new[] { Organizations, Vendors, Profiles })
        {
            await (await app.ReadAsync(await app.SharedPersonAsync(), $"{list}?{query}")).ShouldBeInvalidAsync(field);
        }
    }

    [Fact]
    public async Task Page_has_25_rows_by_default()
    {
        var person = await app.RegisterAsync();
        await AccountCalls.ConcurrentlyAsync(25, number => app.PostOrganizationAsync(person, $"Company {number}"));
        Assert.Equal(25, (await app.RowsAsync(person, Organizations)).Count);
        Assert.Equal(26, (await app.RowsAsync(person, $"{Organizations}?page_size=1000")).Count);
    }
}
