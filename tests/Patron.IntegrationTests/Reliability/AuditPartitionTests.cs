using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Database;

namespace Patron.IntegrationTests.Reliability;

/// <summary>The audit log is partitioned by month; housekeeping creates and drops the partitions.</summary>
public sealed class AuditPartitionTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const string InsertSql = """
        INSERT INTO shared.audit_entries (at, action, subject_type, subject_id, address)
        SELECT now() + make_interval(months => months), 'test.happened', 'test', $1, '' FROM unnest($2) months RETURNING id
        """;

    private const string MonthsSql = """
        SELECT array_agg(tableoid::regclass::text ORDER BY at) FROM shared.audit_entries WHERE subject_id = $1
        """;

    [Fact]
    public async Task Each_month_has_a_partition_and_old_ones_are_dropped()
    {
        var subject = Guid.NewGuid();
        await app.CustomersSqlAsync<long>(InsertSql, subject, new[] { 0, 2, 5, 7 });
        Assert.Equal(["first", "month", "default", "default"], Kinds(await app.CustomersSqlAsync<string[]>(MonthsSql, subject)));

        // Five months later: entries that were ahead of their partitions are in them now.
        await KeepAsync(months: 5, retention: null);
        Assert.Equal(["first", "month", "month", "month"], Kinds(await app.CustomersSqlAsync<string[]>(MonthsSql, subject)));

        await KeepAsync(months: 5, retention: 3);
        Assert.Equal(["month", "month", "month"], Kinds(await app.CustomersSqlAsync<string[]>(MonthsSql, subject)));

        // The server itself calls it every hour, and the log goes on.
        await app.Customers.Services.GetServices<IHostedService>().OfType<Housekeeping>().Single().DeleteExpiredAsync(CancellationToken.None);
        var admin = await app.AdminAsync();
        Assert.Single(await app.TraceAsync(await app.CreateCustomerAsync(admin)));
    }

    private static string[] Kinds(string[]? partitions) =>
    [
        .. partitions!.Select(partition => partition switch
        {
            "shared.audit_entries_first" => "first",
            "shared.audit_entries_default" => "default",
            _ => "month",
        }),
    ];

    private Task<bool> KeepAsync(int months, int? retention) => app.CustomersSqlAsync<bool>(
        "SELECT shared.keep_audit_partitions(now() + make_interval(months => $1), NULLIF($2, 0)) IS NOT NULL", months, retention ?? 0);
}
