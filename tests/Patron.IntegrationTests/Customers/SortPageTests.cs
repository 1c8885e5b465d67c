using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Customers;

/// <summary>The pages of every order together have every customer once and in order, with empty and equal values.</summary>
public sealed class SortPageTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const int Rows = 29;
    private static readonly int[] Sizes = [4, 7, Rows + 1];

    [Fact]
    public async Task Pages_of_searches_have_every_customer_once_and_in_order()
    {
        var customers = await SortedCustomers.CreateAsync(app, Rows);
        foreach (var order in SortedCustomers.Orders.Where(SortedCustomers.IsForSearches))
        {
            var expected = await customers.ExpectedAsync(order, "customer_id");
            Assert.Equal(Rows, expected.Count);
            foreach (var size in Sizes)
            {
                Assert.Equal(expected, await PagesAsync(size, page => customers.SearchAsync(order, page, size), "customers", "customer_id"));
            }
        }
    }

    [Fact]
    public async Task Pages_of_found_customers_have_the_same_order()
    {
        var customers = await SortedCustomers.CreateAsync(app, Rows);
        foreach (var order in SortedCustomers.Orders.Where(SortedCustomers.IsForSearches))
        {
            var all = await PagesAsync(Rows + 1, page => customers.SearchAsync(order, page, Rows + 1), "customers", "customer_id");
            var found = await PagesAsync(7, page => customers.SearchAsync(order, page, 7, phone: "555"), "customers", "customer_id");
            Assert.InRange(found.Count, 20, Rows - 1);
            Assert.Equal(all.Where(found.Contains), found);
        }
    }

    [Fact]
    public async Task Pages_of_lists_have_every_customer_once_and_in_order()
    {
        var customers = await SortedCustomers.CreateAsync(app, Rows);
        foreach (var order in SortedCustomers.Orders)
        {
            var expected = await customers.ExpectedAsync(order, "code");
            foreach (var size in Sizes)
            {
                Assert.Equal(expected, await PagesAsync(size, page => customers.ListAsync(order, page, size), "results", "code"));
            }
        }
    }

    private static async Task<IReadOnlyList<string>> PagesAsync(int size, Func<int, Task<HttpResponseMessage>> page, string list, string member)
    {
        var rows = new List<string>();
        for (var number = 1; rows.Count == (number - 1) * size && number <= Rows; number++)
        {
            rows.AddRange(await SortedCustomers.ReadAsync(await page(number), list, member));
        }

        return rows;
    }
}
