using System.Diagnostics;
using System.Net;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;

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
        TestContext.Current.SendDiagnosticMessage($"p95 of a page: {few:0.0} ms of 200 entries, {many:0.0} ms of 20 000; rows read: {await ReadRowsAsync(staff, longOne)}");
        Assert.InRange(await ReadRowsAsync(staff, longOne), 1, 1000);
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

    // Rows that the pages' index scans have fetched, as PostgreSQL counts them.
    private async Task<long> ReadRowsAsync(Person staff, string customer)
    {
        const string Sql = """
            SELECT sum(idx_tup_fetch + seq_tup_read)::bigint FROM pg_stat_user_tables WHERE relname LIKE 'audit_entries%' OR relname = 'mail_log'
            """;
        await app.CustomersSqlAsync<object>("SELECT pg_stat_clear_snapshot()");
        var before = await app.CustomersSqlAsync<long>(Sql);
        await (await app.TryTimelineAsync(staff, customer, "?limit=200")).ShouldBeAsync(HttpStatusCode.OK);
        var after = before;
        await Eventually.BecomeTrueAsync(async () => (after = await app.CustomersSqlAsync<long>(Sql)) > before);
        return after - before;
    }
}
