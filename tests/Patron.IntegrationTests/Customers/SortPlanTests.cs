using System.Net;
using System.Text.Json;
using Npgsql;
using Patron.Customers.Search;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Customers;

/// <summary>A page of very many customers is read along an index of its order, or the order is refused: a page never sorts them all.</summary>
public sealed class SortPlanTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const int Rows = (int)CustomerPages.ExactUpTo + 40;
    private const int PageSize = 10;

    // What a query may read for a page of ten: one batch of an incremental sort from each index of the order, but never all rows.
    private const long FewRows = 300;

    private static readonly string[] Refused = ["name", "phone", "customer_type", "status", "city", "country"];

    [Fact]
    public async Task Page_of_very_many_customers_reads_few_rows_or_is_refused()
    {
        var customers = await SortedCustomers.CreateAsync(app, Rows);
        await Eventually.BecomeTrueAsync(async () => (await customers.SearchAsync("last_login_at", 1, PageSize)).StatusCode == HttpStatusCode.OK);
        await app.CustomersSqlAsync<object>("ANALYZE customers.customers");

        foreach (var order in SortedCustomers.Orders)
        {
            if (Refused.Contains(order.TrimStart('-')))
            {
                await ShouldBeRefusedAsync(customers, order);
            }
            else
            {
                await ShouldReadFewRowsAsync(customers, order);
                await ShouldBeInOrderAsync(customers, order);
            }
        }
    }

    private static async Task ShouldBeRefusedAsync(SortedCustomers customers, string order)
    {
        var listed = await (await customers.ListAsync(order, 1, PageSize)).ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
        Assert.Contains(
            $"More than 100000 customers match, which is too many to sort by {order.TrimStart('-')}. Narrow the search first, or sort by one of "
                + "id, code, created_at, updated_at, first_name, last_name, email, username, company_name, last_login_at.",
            listed.ToString(), StringComparison.Ordinal);
        if (SortedCustomers.IsForSearches(order))
        {
            var found = await (await customers.SearchAsync(order, 1, PageSize)).ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
            Assert.Contains(
                "sort by one of created_at, updated_at, first_name, last_name, email, username, company_name, last_login_at.", found.ToString(), StringComparison.Ordinal);
        }
    }

    private static async Task ShouldBeInOrderAsync(SortedCustomers customers, string order)
    {
        var expected = await customers.ExpectedAsync(order, "code");
        foreach (var page in new[] { 1, 2, Rows / PageSize })
        {
            Assert.Equal(
                expected.Skip((page - 1) * PageSize).Take(PageSize),
                await SortedCustomers.ReadAsync(await customers.ListAsync(order, page, PageSize), "results", "code"));
        }
    }

    private async Task ShouldReadFewRowsAsync(SortedCustomers customers, string order)
    {
        // Searches have no criteria here; lists exclude deleted customers.
        foreach (var criteria in new[] { new CustomerCriteria(), new CustomerCriteria { WithoutDeleted = true } })
        {
            var conditions = new CustomerConditions(customers.Organization, criteria, hasTagKeys: true, accounts: null, countries: null);
            foreach (var skip in new[] { 0, PageSize })
            {
                var page = new PageRequest(CustomerOrder.Parse(order)!, After: 0, skip, PageSize);
                var queries = new CustomerPageQueries(PageColumns.All, conditions, page);
                await ShouldReadFewRowsAsync(order, queries.Ordered());
                if (page.Order.IsNullable)
                {
                    await ShouldReadFewRowsAsync(order, queries.Empty(skip, page.RowsToRead));
                }
            }
        }
    }

    private async Task ShouldReadFewRowsAsync(string order, NpgsqlBatchCommand query)
    {
        await using var connection = new NpgsqlConnection(app.Customers.ConnectionString);
        await connection.OpenAsync();
        query.CommandText = "EXPLAIN (ANALYZE, FORMAT JSON) " + query.CommandText;
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { query } };
        var plan = (string)(await batch.ExecuteScalarAsync())!;
        var rows = MostRows(JsonSerializer.Deserialize<JsonElement>(plan)[0].GetProperty("Plan"));
        Assert.True(rows is >= PageSize and <= FewRows, $"{order} reads {rows} rows: {plan}");
    }

    // The rows that the busiest step of the plan produced or discarded.
    private static long MostRows(JsonElement step)
    {
        long Number(string name) => step.TryGetProperty(name, out var number) ? number.GetInt64() : 0;
        var own = (Number("Actual Rows") + Number("Rows Removed by Filter")) * Number("Actual Loops");
        return step.TryGetProperty("Plans", out var steps) ? Math.Max(own, steps.EnumerateArray().Max(MostRows)) : own;
    }
}
