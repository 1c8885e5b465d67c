using System.Diagnostics;
using System.Net;
using Npgsql;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Reliability;

/// <summary>Answers to requests during locks, deadlocks, serialization failures and on a read-only database.</summary>
public sealed class BusyDatabaseTests(TestDatabase databases, OneProcess template) : IClassFixture<OneProcess>
{
    private static readonly Dictionary<string, string?> ShortLockTimeout = new() { ["Database:LockTimeout"] = "00:00:00.300" };

    [Fact]
    public async Task Request_for_a_locked_row_gets_503_and_does_not_block_others()
    {
        await using var app = await ServerOn.StartAsync(databases, await template.CopyOfDatabaseAsync(), ShortLockTimeout);
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);
        await using var holder = new NpgsqlConnection(app.Customers.ConnectionString);
        await holder.OpenAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand("SELECT FROM customers.customers FOR UPDATE", holder))
        {
            await hold.ExecuteNonQueryAsync();
        }

        var waiting = Enumerable.Range(0, 40).Select(number => app.PutCustomerAsync(staff, customer.Id(), new { notes = $"{number}" })).ToList();
        await (await app.Accounts.Client.GetAsync("/health/ready")).ShouldBeAsync(HttpStatusCode.OK);
        foreach (var answer in await Task.WhenAll(waiting))
        {
            await answer.ShouldBeAsync(HttpStatusCode.ServiceUnavailable);
            Assert.NotNull(answer.Headers.RetryAfter);
        }

        await transaction.RollbackAsync();
        await (await app.PutCustomerAsync(staff, customer.Id(), new { notes = "free" })).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("40P01", 2, HttpStatusCode.Created)]
    [InlineData("40001", 3, HttpStatusCode.Created)]
    [InlineData("40P01", 100, HttpStatusCode.ServiceUnavailable)]
    public async Task Deadlock_is_retried_up_to_three_times(string state, int failures, HttpStatusCode outcome)
    {
        await using var app = await ServerOn.StartAsync(databases, await template.CopyOfDatabaseAsync());
        var staff = await app.SomeStaffAsync();
        await app.CustomersSqlAsync<object>(
            $"""
            CREATE SEQUENCE public.tries;
            CREATE FUNCTION public.fail() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF nextval('public.tries') <= {failures} THEN RAISE EXCEPTION 'made to fail' USING ERRCODE = '{state}'; END IF;
                RETURN NULL;
            END $$;
            CREATE TRIGGER fail AFTER INSERT ON customers.customers FOR EACH STATEMENT EXECUTE FUNCTION public.fail()
            """);

        var body = CustomerIntents.JohnDoe();
        await (await app.PostCustomerAsync(staff, body, ("Idempotency-Key", "one"))).ShouldBeAsync(outcome);

        Assert.Equal(outcome == HttpStatusCode.Created ? failures + 1 : 4, await app.CustomersSqlAsync<long>("SELECT last_value FROM public.tries"));
        Assert.Equal(outcome == HttpStatusCode.Created ? 1 : 0, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers WHERE email = $1", body["email"]!));
    }

    [Fact]
    public async Task Two_customers_that_exchange_addresses_repeatedly_get_correct_answers()
    {
        await using var app = await ServerOn.StartAsync(databases, await template.CopyOfDatabaseAsync());
        var staff = await app.SomeStaffAsync();
        var one = await app.CreateCustomerAsync(staff);
        var other = await app.CreateCustomerAsync(staff);
        var (first, second) = (one.Text("email")!, other.Text("email")!);
        for (var round = 0; round < 20; round++)
        {
            var answers = await Task.WhenAll(
                app.PutCustomerAsync(staff, one.Id(), new { email = second }), app.PutCustomerAsync(staff, other.Id(), new { email = first }));

            // At no time was one of the addresses free.
            Assert.All(answers, answer => Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode));
        }
    }

    [Fact]
    public async Task Serializable_default_isolation_refuses_no_create()
    {
        var connectionString = await template.CopyOfDatabaseAsync();
        await template.AccountsSqlAsync<object>($"ALTER DATABASE {TestDatabase.NameOf(connectionString)} SET default_transaction_isolation = 'serializable'");
        await using var app = await ServerOn.StartAsync(databases, connectionString);
        var staff = await app.SomeStaffAsync();

        var answers = await AccountCalls.ConcurrentlyAsync(60, _ => app.PostCustomerAsync(staff, CustomerIntents.JohnDoe()));

        Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.ServiceUnavailable));
    }

    [Fact]
    public async Task Read_only_database_is_not_ready()
    {
        var connectionString = await template.CopyOfDatabaseAsync();
        await using var app = await ServerOn.StartAsync(databases, connectionString);
        var staff = await app.SomeStaffAsync();
        await template.AccountsSqlAsync<object>($"ALTER DATABASE {TestDatabase.NameOf(connectionString)} SET default_transaction_read_only = on");
        await app.EndConnectionsAsync();

        using var ready = await app.Accounts.Client.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("\"database\":\"read_only\"", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var refused = await (await app.PostCustomerAsync(staff, CustomerIntents.JohnDoe())).ShouldBeAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Contains("Nothing was changed", refused.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_to_a_server_that_refuses_writes_are_not_used_again()
    {
        var connectionString = await template.CopyOfDatabaseAsync();
        await using var app = await ServerOn.StartAsync(databases, connectionString);
        var staff = await app.SomeStaffAsync();
        await template.AccountsSqlAsync<object>($"ALTER DATABASE {TestDatabase.NameOf(connectionString)} SET default_transaction_read_only = on");
        await app.EndConnectionsAsync();
        await (await app.PostCustomerAsync(staff, CustomerIntents.JohnDoe())).ShouldBeAsync(HttpStatusCode.ServiceUnavailable);

        // Sessions that are open keep the setting, as those of a standby stay on it.
        await template.AccountsSqlAsync<object>($"ALTER DATABASE {TestDatabase.NameOf(connectionString)} RESET default_transaction_read_only");

        await (await app.PostCustomerAsync(staff, CustomerIntents.JohnDoe())).ShouldBeAsync(HttpStatusCode.Created);
        await (await app.Accounts.Client.GetAsync("/health/ready")).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Bulk_update_scales_linearly()
    {
        await using var app = await ServerOn.StartAsync(databases, await template.CopyOfDatabaseAsync());
        var staff = await app.SomeStaffAsync();
        var made = new List<string>();
        for (var batch = 0; batch < 20; batch++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => app.CreateCustomerAsync(staff)));
            made.AddRange(answers.Select(CustomerIntents.Id));
        }

        await BulkAsync(app, staff, [.. made.Take(100)], "warm");

        // The fastest of three, alternating, because other tests use the processor too.
        var (few, many) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var round = 1; round <= 3; round++)
        {
            few = Min(few, await BulkAsync(app, staff, [.. made.Take(100)], $"few {round}"));
            many = Min(many, await BulkAsync(app, staff, [.. made], $"many {round}"));
        }

        Assert.True(many < few * 30, $"100 took {few.TotalMilliseconds:0} ms, 1 000 {many.TotalMilliseconds:0} ms.");
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static async Task<TimeSpan> BulkAsync(PatronApp app, Person staff, string[] ids, string notes)
    {
        var watch = Stopwatch.StartNew();
        await (await app.Customers.SendAsync(HttpMethod.Post, CustomerIntents.Api + "bulk-update", staff, new { customer_ids = ids, updates = new { notes } })).ShouldBeAsync(HttpStatusCode.OK);
        return watch.Elapsed;
    }
}
