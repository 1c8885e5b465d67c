using Npgsql;
using Patron.Customers.Search;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Customers;

/// <summary>A page in an order that has an index is read along it: nothing is sorted, however many customers there are.</summary>
public sealed class SortPlanTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const int Rows = 20_000;

    // An incremental sort of the few rows with one key is none of all rows.
    private const string Sort = "\"Node Type\": \"Sort\"";
    private static readonly string[] Orders = ["id", "code", "username", "created_at", "updated_at", "first_name", "last_name"];

    [Fact]
    public async Task Orders_with_an_index_need_no_sort()
    {
        var first = await app.CreateCustomerAsync(await app.SomeStaffAsync());
        await app.CustomersSqlAsync<object>(
            """
            INSERT INTO customers.customers (uid, organization_id, customer_id, code, username, first_name, last_name, name, customer_type, claim, customer_group, territory,
                is_primary_contact, marketing_emails, marketing_sms, notification_preferences, tags, standing, is_blocked, is_deleted, total_services, customer_since, created_at, updated_at, version)
            SELECT gen_random_uuid(), organization_id, 'CUST_' || upper(lpad(to_hex(n), 8, '0')), 'CUST-' || (100000 + n), 'many' || n, 'Ann' || n % 97, 'No' || n % 997, 'Ann', customer_type, 'unclaimed',
                customer_group, territory, false, false, false, '{}', '{}', standing, false, false, 0, created_at, created_at - n * interval '1 minute', updated_at - n % 5000 * interval '1 minute', 1
            FROM customers.customers, generate_series(1, $2) n WHERE customer_id = $1
            """, first.Id(), Rows);
        await Eventually.BecomeTrueAsync(async () => await app.CustomersSqlAsync<long>(
            "SELECT count(*) FROM pg_index WHERE indisvalid AND indexrelid::regclass::text IN ('customers.ix_customers_updated', 'customers.ix_customers_first_name')") == 2);
        await app.CustomersSqlAsync<object>("ANALYZE customers.customers");

        var organization = await app.CustomersSqlAsync<Guid>("SELECT organization_id FROM customers.customers WHERE customer_id = $1", first.Id());
        foreach (var order in Orders.SelectMany(name => new[] { name, "-" + name }))
        {
            var parsed = CustomerOrder.Parse(order)!;
            var plan = await ExplainAsync(
                $"SELECT * FROM customers.customers WHERE organization_id = $1 AND id > 0 ORDER BY {parsed.ToSql(parsed.Column)} LIMIT 11", organization);
            Assert.DoesNotContain(Sort, plan, StringComparison.Ordinal);
        }

        // The same statement in an order without an index: the assertion above can fail.
        Assert.Contains(Sort, await ExplainAsync("SELECT * FROM customers.customers WHERE organization_id = $1 AND id > 0 ORDER BY notes LIMIT 11", organization), StringComparison.Ordinal);
    }

    private async Task<string> ExplainAsync(string sql, Guid organization)
    {
        await using var connection = new NpgsqlConnection(app.Customers.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("EXPLAIN (FORMAT JSON) " + sql, connection) { Parameters = { new() { Value = organization } } };
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
