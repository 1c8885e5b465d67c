using Npgsql;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Customers;

/// <summary>The invariants of the database (contract, 'Invariants'), tested by direct SQL.</summary>
public sealed class CustomerInvariantsTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Theory]
    [InlineData("user_id = (SELECT user_id FROM customers.customers WHERE user_id IS NOT NULL), link_evidence = 'staff', linked_at = now()", "ux_customers_user")]
    [InlineData("email_key = (SELECT email_key FROM customers.customers WHERE user_id IS NOT NULL)", "ux_customers_claimed_email")]
    [InlineData("code = (SELECT code FROM customers.customers WHERE user_id IS NOT NULL)", "ux_customers_code")]
    [InlineData("customer_id = (SELECT customer_id FROM customers.customers WHERE user_id IS NOT NULL)", "ux_customers_customer_id")]
    [InlineData("uid = (SELECT uid FROM customers.customers WHERE user_id IS NOT NULL)", "ux_customers_uid")]
    [InlineData("username = (SELECT username FROM customers.customers WHERE user_id IS NOT NULL)", "ux_customers_username")]
    [InlineData("user_id = gen_random_uuid()", "ck_customers_link")]
    [InlineData("profile_created_at = now()", "ck_customers_profile")]
    [InlineData("customer_id = 'CUST_x'", "ck_customers_customer_id")]
    [InlineData("code = 'C1'", "ck_customers_code")]
    [InlineData("username = 'Not folded'", "ck_customers_username")]
    [InlineData("name = ''", "ck_customers_name")]
    [InlineData("customer_type = 'robot'", "ck_customers_customer_type")]
    [InlineData("claim = 'perhaps'", "ck_customers_claim")]
    [InlineData("email = NULL", "ck_customers_email_key")]
    [InlineData("email = NULL, email_key = NULL", "ck_customers_claim_needs_email")]
    [InlineData("is_deleted = true", "ck_customers_deleted_at")]
    [InlineData("standing = 'inactive'", "ck_customers_standing")]
    [InlineData("total_services = -1", "ck_customers_total_services")]
    [InlineData("version = 0", "ck_customers_version")]
    [InlineData("preferred_contact_method = 'pigeon'", "ck_customers_preferred_contact_method")]
    [InlineData("notification_preferences = '[]'", "ck_customers_notification_preferences")]
    public async Task Database_refuses_invalid_rows(string change, string constraint)
    {
        var staff = await app.SomeStaffAsync();
        if (await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers WHERE user_id IS NOT NULL") == 0)
        {
            await app.LinkAsync(await app.CreateCustomerAsync(staff), staff);
        }

        var victim = (await app.CreateCustomerAsync(staff)).Id();
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => app.CustomersSqlAsync<object>($"UPDATE customers.customers SET {change} WHERE customer_id = $1", victim));
        Assert.Equal(constraint, refusal.ConstraintName);
    }

    [Theory]
    [InlineData("status = 'active'")]
    [InlineData("is_active = true")]
    [InlineData("is_verified = true")]
    public async Task Generated_columns_cannot_be_written(string change)
    {
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => app.CustomersSqlAsync<object>($"UPDATE customers.customers SET {change}"));
        Assert.Equal("428C9", refusal.SqlState);
    }

    [Theory]
    [InlineData("is_archived = true", "inactive")]
    [InlineData("is_archived = true, is_blocked = true", "blocked")]
    [InlineData("standing = 'prospect'", "prospect")]
    [InlineData("standing = 'prospect', is_deleted = true, deleted_at = now()", "inactive")]
    public async Task Status_is_derived_from_the_flags(string state, string status)
    {
        var staff = await app.SomeStaffAsync();
        var id = (await app.CreateCustomerAsync(staff)).Id();
        await app.CustomersSqlAsync<object>($"UPDATE customers.customers SET {state} WHERE customer_id = $1", id);
        var customer = await app.ReadCustomerAsync(staff, id);
        Assert.Equal((status, status is "active" or "prospect"), (customer.Text("status"), customer.GetProperty("is_active").GetBoolean()));
    }

    [Fact]
    public async Task Unproven_address_is_found_after_the_claimed_one()
    {
        var staff = await app.SomeStaffAsync();
        var unproven = await app.CreateCustomerAsync(staff);
        await app.CustomersSqlAsync<object>("UPDATE customers.customers SET claim = 'unclaimed' WHERE customer_id = $1", unproven.Id());
        Assert.Equal(unproven.Id(), (await app.ReadCustomerAsync(staff, "email/" + unproven.Text("email"))).Id());
        var claimed = await app.CreateCustomerAsync(staff, CustomerIntents.JohnDoe(unproven.Text("email")));
        Assert.Equal(claimed.Id(), (await app.ReadCustomerAsync(staff, "email/" + unproven.Text("email"))).Id());
    }
}
