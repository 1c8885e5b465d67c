using System.Diagnostics;
using System.Text.Json;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.Linking.Timeline;
using Patron.Shared.Text;

namespace Patron.IntegrationTests.Timeline;

/// <summary>What a page of a long timeline costs. The times are diagnostic messages (<c>-diagnostics</c>).</summary>
public sealed class TimelineCostTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const int Requests = 200;

    private const string FillSql = """
        WITH history AS (
            INSERT INTO shared.audit_entries (at, action, subject_type, subject_id, organization_id, actor_user_id, address, before, after)
            SELECT now() - n * interval '1 minute', 'customer.changed', 'customer', $1, $2, $3, '203.0.113.7', '{"city": "Boston"}', '{"city": "Harare"}'
            FROM generate_series(1, $4) n)
        INSERT INTO shared.mail_log (uid, kind, customer_uid, organization_id, state, queued_at, state_at, attempts)
        SELECT gen_random_uuid(), 'setup_link', $1, $2, 'sent', now() - n * interval '1 minute', now(), 1 FROM generate_series(1, $4) n
        """;

    [Fact]
    public async Task Page_of_a_long_timeline_costs_what_one_of_a_short_timeline_costs()
    {
        var staff = await app.SomeStaffAsync();
        var (shortOne, longOne) = (await CreateAsync(staff, 100), await CreateAsync(staff, 10_000));
        for (var filler = 0; filler < 20; filler++)
        {
            await CreateAsync(staff, 1_000);
        }

        await app.CustomersSqlAsync<object>("ANALYZE shared.audit_entries, shared.mail_log");
        var (few, many) = (await MeasureAsync(staff, shortOne), await MeasureAsync(staff, longOne));
        TestContext.Current.SendDiagnosticMessage($"p95 of a page: {few:0.0} ms of 200 entries, {many:0.0} ms of 20 000; blocks: {await ReadBlocksAsync(shortOne)} and {await ReadBlocksAsync(longOne)}");
        Assert.InRange(await ReadBlocksAsync(longOne), 1, 1000);
    }

    private async Task<string> CreateAsync(Person staff, int entries)
    {
        var customer = await app.CreateCustomerAsync(staff);
        await app.CustomersSqlAsync<object>(FillSql, customer.GetProperty("uid").GetGuid(), app.Home(), staff.Id, entries);
        return customer.Id();
    }

    private async Task<double> MeasureAsync(Person staff, string customer)
    {
        var times = new List<double>();
        for (var request = 0; request < Requests; request++)
        {
            var started = Stopwatch.GetTimestamp();
            (await app.TryTimelineAsync(staff, customer)).EnsureSuccessStatusCode();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return times.Order().ElementAt(Requests * 95 / 100);
    }

    // The pages of tables and indexes that the statement reads, as PostgreSQL counts them.
    private async Task<long> ReadBlocksAsync(string customer)
    {
        var uid = await app.CustomersSqlAsync<Guid>("SELECT uid FROM customers.customers WHERE customer_id = $1", customer);
        var plan = await app.CustomersSqlAsync<string>(
            $"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {TimelineSql.Page}", app.Home(), uid, Guid.Empty, DateTimeOffset.UnixEpoch, true,
            new DateTimeOffset(9999, 1, 1, 0, 0, 0, TimeSpan.Zero), int.MaxValue, long.MaxValue, 51, EnumNames<TimelineKind>.All.ToArray());
        var root = JsonDocument.Parse(plan!).RootElement[0].GetProperty("Plan");
        return root.GetProperty("Shared Hit Blocks").GetInt64() + root.GetProperty("Shared Read Blocks").GetInt64();
    }
}
