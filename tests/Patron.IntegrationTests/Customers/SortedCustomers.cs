using System.Net;
using System.Text.Json;
using Patron.Customers.Search;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Text;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Customers;

/// <summary>Customers of one organization with empty and equal values in every column that can be sorted by.</summary>
internal sealed record SortedCustomers(PatronApp App, Person Staff, Guid Organization)
{
    private const int RowsPerStatement = 5_000;

    private const string FillSql = """
        INSERT INTO customers.customers (uid, organization_id, customer_id, code, username, first_name, last_name, name, customer_type, email, email_key, claim, phone,
            company_name, city, country, customer_group, territory, is_primary_contact, marketing_emails, marketing_sms, notification_preferences, tags, standing, is_blocked, is_deleted,
            total_services, customer_since, last_login_at, created_at, updated_at, version)
        SELECT gen_random_uuid(), organization_id, 'CUST_' || upper(lpad(to_hex(id * 1000003 + n * 7919 % 1000003), 8, '0')), 'CUST-' || (2000000 + n * 7919 % 1000003), 'sorted' || id * 1000003 + n * 7919 % 1000003,
            'Ann' || n % 97 % 9, 'Nó' || n % 997 % 8, 'Ann Nó' || n % 11, CASE WHEN n % 9 = 0 THEN 'company' ELSE 'individual' END,
            e.email, e.email, CASE WHEN n % 4 <> 0 THEN 'claimed' WHEN n % 12 = 4 THEN 'released' ELSE 'unclaimed' END, CASE WHEN n % 5 <> 0 THEN '+1-555-012' || n % 7 END,
            CASE WHEN n % 3 = 0 THEN 'Çompany ' || n % 7 END, CASE WHEN n % 6 <> 0 THEN 'City ' || n % 5 END, CASE WHEN n % 7 <> 0 THEN 'Country ' || n % 3 END,
            customer_group, territory, false, false, false, '{}', '{}', CASE WHEN n % 6 = 0 THEN 'prospect' ELSE 'active' END, n % 10 = 0, false,
            0, created_at, CASE WHEN n % 4 = 1 THEN created_at - n % 5 * interval '1 day' END, created_at - n % 1013 * interval '1 minute', updated_at - n % 499 * interval '1 minute', 1
        FROM customers.customers, generate_series($2::int, $3::int) n, LATERAL (SELECT CASE WHEN n % 8 = 0 THEN NULL WHEN n % 4 = 0 THEN 'shared' || n / 24 ELSE 'person' || n * 7919 % 1000003 END || '@example.com' AS email) e
        WHERE customer_id = $1
        """;

    /// <summary>The orders of both dialects, with <c>-</c> before a descending one.</summary>
    public static IReadOnlyList<string> Orders { get; } = [.. CustomerOrder.Names.Split(", ").SelectMany(name => new[] { name, "-" + name })];

    public static async Task<SortedCustomers> CreateAsync(PatronApp app, int rows)
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        var first = await app.CreateCustomerAsync(staff);
        // In steps, because one statement for all rows can take longer than a command may on a busy machine.
        for (var start = 1; start < rows; start += RowsPerStatement)
        {
            await app.CustomersSqlAsync<object>(FillSql, first.Id(), start, Math.Min(start + RowsPerStatement, rows) - 1);
        }

        await app.CustomersSqlAsync<object>("ANALYZE customers.customers");
        var indexes = CustomerOrder.Indexes.Select(index => index.Name).ToArray();
        await Eventually.BecomeTrueAsync(async () => await app.CustomersSqlAsync<long>(
            "SELECT count(*) FROM shared.background_migrations WHERE name = ANY ($1) AND finished_at IS NOT NULL", [indexes]) == indexes.Length);
        return new SortedCustomers(app, staff, await app.CustomersSqlAsync<Guid>("SELECT organization_id FROM customers.customers WHERE customer_id = $1", first.Id()));
    }

    /// <summary>Whether searches offer this order; lists of the crm dialect offer all.</summary>
    public static bool IsForSearches(string order) => EnumNames<CustomerSort>.TryRead(order.TrimStart('-'), out _);

    public Task<HttpResponseMessage> SearchAsync(string order, int page, int size, string? phone = null) => App.Customers.SendAsync(
        HttpMethod.Post, Api + "search", Staff, new { sort_by = order.TrimStart('-'), sort_order = order[0] == '-' ? "desc" : "asc", page, limit = size, phone });

    public Task<HttpResponseMessage> ListAsync(string order, int page, int size) =>
        App.Customers.SendAsync(HttpMethod.Get, $"/api/customers/?ordering={order}&page={page}&page_size={size}", Staff);

    /// <summary>The values of this member of a page.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(HttpResponseMessage response, string list, string member) =>
        [.. (await response.ShouldBeAsync(HttpStatusCode.OK)).GetProperty(list).EnumerateArray().Select(row => row.Text(member)!)];

    /// <summary>The values of a column of all customers in this order, sorted by the database at once.</summary>
    public async Task<IReadOnlyList<string>> ExpectedAsync(string order, string column)
    {
        var (name, direction) = (order.TrimStart('-'), order[0] == '-' ? "DESC" : "ASC");
        var collation = name is "name" or "first_name" or "last_name" or "city" or "country" or "company_name" ? "COLLATE \"und-x-icu\"" : "";
        var json = await App.CustomersSqlAsync<string>(
            $"SELECT json_agg({column} ORDER BY {name} {collation} {direction} NULLS LAST, id {direction})::text FROM customers.customers WHERE organization_id = $1", Organization);
        return JsonSerializer.Deserialize<string[]>(json!)!;
    }
}
