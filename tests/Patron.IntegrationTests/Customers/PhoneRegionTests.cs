using System.Net;
using Npgsql;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;
using Patron.IntegrationTests.Processes;
using Patron.Shared;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Customers;

/// <summary>A server of a company in Germany.</summary>
public sealed class GermanCompany(TestDatabase database) : PatronApp(database)
{
    protected override async Task<(RunningPatron Accounts, RunningPatron Customers)> StartAsync()
    {
        var server = await StartAsync(ProcessRole.All, new Dictionary<string, string?> { ["Home:Region"] = "DE" });
        return (server, server);
    }
}

/// <summary>National phone numbers with a configured region: at each entry point, and in rows from before it was set.</summary>
public sealed class PhoneRegionTests(GermanCompany app) : IClassFixture<GermanCompany>, IDisposable
{
    private readonly DataFolder folder = new();
    private readonly DirectoryInfo files = Directory.CreateTempSubdirectory("patron-phones-");

    [Fact]
    public async Task National_number_is_stored_with_its_international_form()
    {
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff, new { first_name = "John", last_name = "Doe", email = Intents.NewEmail("john"), phone = "\u200E(030) 123 456 ext. 1234" });
        Assert.Equal(("(030) 123 456 ext. 1234", "+4930123456"), (customer.Text("phone"), customer.Text("phone_e164")));

        foreach (var (phone, e164) in new[] { ("０１５１ １２３４５６７８", "+4915112345678"), ("+49 (0)30 123456789 ext. 123456", "+4930123456789"), ("12345", null) })
        {
            var changed = await (await app.PutCustomerAsync(staff, customer.Id(), new { phone })).ShouldBeAsync(HttpStatusCode.OK);
            Assert.Equal((phone, e164), (changed.Text("phone"), changed.Text("phone_e164")));
        }

        var refused = await app.PutCustomerAsync(staff, customer.Id(), new { phone = "+49 30 123456789" + new string(' ', 30) + "ext. 1" });
        await refused.ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Import_reads_national_numbers()
    {
        var file = Path.Combine(files.FullName, "people.csv");
        await File.WriteAllTextAsync(file, "name,phone\nImported Jane,030 7654321\n");
        var settings = Settings(app.Accounts.ConnectionString, "DE");
        Assert.Equal(0, (await PatronCommandLine.RunAsync(settings, ["import", "customers", file, "--data", folder.Location])).Status);
        Assert.Equal("+49307654321", await app.CustomersSqlAsync<string>("SELECT phone_e164 FROM customers.customers WHERE name = 'Imported Jane'"));
    }

    [Fact]
    public async Task Recount_refreshes_numbers_of_all_organizations_and_is_idempotent()
    {
        var database = await app.CopyOfDatabaseAsync();
        await InsertAsync(
            database, rows: 2600, "CASE n % 4 WHEN 0 THEN '030 1234567' WHEN 1 THEN '+1 555 0123' WHEN 2 THEN '12345' END",
            "CASE WHEN n % 4 IN (1, 3) THEN '+15550123' END");
        var german = Settings(database, "DE");

        // National numbers get an E.164 form, and a row without a phone loses it.
        Assert.EndsWith("Updated the E.164 form of 1,300 phone numbers.\n", await RecountAsync(german), StringComparison.Ordinal);
        Assert.Equal(650, await CountAsync("phone = '030 1234567' AND phone_e164 = '+49301234567' AND version = 2"));
        Assert.Equal(650, await CountAsync("phone = '+1 555 0123' AND phone_e164 = '+15550123' AND version = 1"));
        Assert.Equal(0, await CountAsync("(phone IS NULL OR phone = '12345') AND phone_e164 IS NOT NULL"));
        Assert.Equal("The statistics were correct.\nThe E.164 form of all phone numbers is up to date.\n", await RecountAsync(german));
        Assert.EndsWith("Updated the E.164 form of 650 phone numbers.\n", await RecountAsync(Settings(database, "FR")), StringComparison.Ordinal);

        Task<long> CountAsync(string condition) => ProcessIntents.CountAsync(database, $"SELECT count(*) FROM customers.customers WHERE {condition}");
    }

    [Fact]
    public async Task Recount_is_not_blocked_by_changes_of_other_rows()
    {
        var database = await app.CopyOfDatabaseAsync();
        await InsertAsync(database, rows: 2, "CASE n WHEN 1 THEN '+15550123' ELSE '030 1234567' END", "CASE n WHEN 1 THEN '+15550123' END");
        await using var other = new NpgsqlConnection(database);
        await other.OpenAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await using var change = new NpgsqlCommand("UPDATE customers.customers SET name = 'Q' WHERE customer_id = 'CUST_00000001'", other, transaction);
        await change.ExecuteNonQueryAsync();
        Assert.EndsWith("Updated the E.164 form of 1 phone number.\n", await RecountAsync(Settings(database, "DE")), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        folder.Dispose();
        files.Delete(recursive: true);
    }

    // Every second row belongs to its own organization.
    private static async Task InsertAsync(string database, int rows, string phone, string e164) => await DataFolder.ExecuteAsync(database, $$"""
        INSERT INTO customers.customers (
            uid, organization_id, customer_id, code, username, first_name, last_name, name, customer_type, claim, phone, phone_e164, customer_group, territory,
            is_primary_contact, marketing_emails, marketing_sms, notification_preferences, tags, standing, is_blocked, is_deleted,
            total_services, customer_since, created_at, updated_at, version)
        SELECT gen_random_uuid(), CASE WHEN n % 2 = 0 THEN gen_random_uuid() ELSE '0198c0de-0000-7000-8000-000000000001' END, 'CUST_' || lpad(n::text, 8, '0'), 'CUST-' || (90000 + n), 'phone' || n, '', '', 'P',
            'individual', 'unclaimed', {{phone}}, {{e164}}, 'Individual', 'All Territories', false, true, false, '{}', '{}', 'active', false, false, 0, now(), now(), now(), 1
        FROM generate_series(1, {{rows}}) n
        """);

    private async Task<string> RecountAsync(Dictionary<string, string> settings)
    {
        var answer = await PatronCommandLine.RunAsync(settings, ["recount", "--data", folder.Location]);
        Assert.True(answer.Status == 0, answer.Errors);
        return answer.Output;
    }

    private static Dictionary<string, string> Settings(string database, string region) =>
        PatronProcess.SettingsFor(database, ("Home__Region", region));
}
