using System.Net;
using Patron.Customers.Search;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Customers.Filters;

/// <summary>Pages of a list by cursor, forwards and backwards, in every order: of few matches, of very many, and without a filter.</summary>
public sealed class FindPageTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const int Rows = FindCustomers.ExactUpTo + 25;
    private const int PageSize = 200;

    [Fact]
    public async Task Every_order_has_each_customer_once_in_both_directions()
    {
        var customers = await CreateAsync(60);
        foreach (var order in FindRequest.Orders.SelectMany(name => new[] { name, $"-{name}" }))
        {
            var expected = await customers.ExpectedAsync(order == "email" || order == "-email" ? order.Replace("email", "email_key", StringComparison.Ordinal) : order, "customer_id");
            foreach (var filter in new[] { "", "-tag:nobody" })
            {
                await ShouldPageAsync(customers.Staff, filter, order, 7, [.. expected]);
            }
        }
    }

    [Fact]
    public async Task Very_many_matches_are_paged_along_the_index_and_their_number_is_not_exact()
    {
        var customers = await CreateAsync(Rows);
        foreach (var order in new[] { "-created_at", "last_name", "company_name", "-email", "last_login_at" })
        {
            var expected = await customers.ExpectedAsync(order == "-email" ? "-email_key" : order, "customer_id");
            var first = await ReadAsync(customers.Staff, Url("-tag:nobody", order, PageSize));
            Assert.Equal((FindCustomers.ExactUpTo, false), (first.Total, first.IsExact));
            await ShouldPageAsync(customers.Staff, "-tag:nobody", order, PageSize, [.. expected]);
        }

        var all = await ReadAsync(customers.Staff, Url("", "id", 1));
        Assert.Equal((Rows, true), (all.Total, all.IsExact));
    }

    [Theory]
    [InlineData("order=name", "order")]
    [InlineData("order=password", "order")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("cursor=x", "cursor")]
    [InlineData("cursor=!!", "cursor")]
    public async Task Invalid_page_is_refused_with_its_field(string query, string field) =>
        await (await app.Customers.SendAsync(HttpMethod.Get, $"{Api}find?{query}", await app.SomeStaffAsync())).ShouldRefuseAsync(field);

    [Fact]
    public async Task Cursor_of_another_order_is_refused()
    {
        var staff = await app.StaffOfPeopleAsync();
        var next = (await ReadAsync(staff, Url("", "id", 1))).Next!;
        await (await app.Customers.SendAsync(HttpMethod.Get, next.Replace("order=id", "order=code", StringComparison.Ordinal), staff)).ShouldRefuseAsync("cursor");
    }

    // An order can be used once the process knows that its index is built.
    private async Task<SortedCustomers> CreateAsync(int rows)
    {
        var customers = await SortedCustomers.CreateAsync(app, rows);
        foreach (var order in FindRequest.Orders)
        {
            await Eventually.BecomeTrueAsync(async () =>
                (await app.Customers.SendAsync(HttpMethod.Get, Url("", order, 1), customers.Staff)).StatusCode == HttpStatusCode.OK);
        }

        return customers;
    }

    [Theory]
    [InlineData("-created_at", "yesterday")]
    [InlineData("-created_at", null)]
    [InlineData("id", "x")]
    [InlineData("code", null)]
    public async Task Cursor_that_somebody_made_up_is_refused(string order, string? key)
    {
        var cursor = new FindCursor(order, 1, key, IsBackward: false, IsMany: false);
        await (await app.Customers.SendAsync(HttpMethod.Get, $"{Api}find?order={order}&cursor={cursor}", await app.SomeStaffAsync())).ShouldRefuseAsync("cursor");
    }

    private static string Url(string filter, string order, int limit) =>
        $"{Api}find?order={order}&limit={limit}" + (filter.Length == 0 ? "" : $"&filter={Uri.EscapeDataString(filter)}");

    private async Task ShouldPageAsync(Person staff, string filter, string order, int size, string[] expected)
    {
        var pages = new List<Page>();
        for (var next = Url(filter, order, size); next is not null; next = pages[^1].Next)
        {
            pages.Add(await ReadAsync(staff, next));
            Assert.True(pages.Count <= expected.Length, order);
        }

        Assert.Equal(expected, pages.SelectMany(page => page.Ids));
        Assert.Null(pages[0].Previous);

        // Back from the last page, each page is the one that was read before.
        for (var (place, previous) = (pages.Count - 2, pages[^1].Previous); previous is not null; place--)
        {
            var page = await ReadAsync(staff, previous);
            Assert.Equal(pages[place].Ids, page.Ids);
            previous = page.Previous;
            Assert.Equal(place == 0, previous is null);
        }
    }

    private async Task<Page> ReadAsync(Person staff, string url)
    {
        var response = await app.Customers.SendAsync(HttpMethod.Get, url, staff);
        var page = await response.ShouldBeAsync(HttpStatusCode.OK);
        var links = response.Headers.TryGetValues("Link", out var values) ? string.Join(", ", values) : "";
        return new Page(
            [.. page.EnumerateArray().Select(customer => customer.Id())], int.Parse(response.Headers.GetValues("X-Total-Count").Single(), System.Globalization.CultureInfo.InvariantCulture),
            !response.Headers.Contains("X-Total-Is-Exact"), LinkOf(links, "next"), LinkOf(links, "prev"));
    }

    private static string? LinkOf(string links, string name) =>
        links.Split(", ").FirstOrDefault(link => link.EndsWith($"rel=\"{name}\"", StringComparison.Ordinal))?.Split('<', '>')[1];

    private sealed record Page(string[] Ids, int Total, bool IsExact, string? Next, string? Previous);
}
