using Patron.IntegrationTests.Customers.Jobs;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;
using Patron.IntegrationTests.Processes;

namespace Patron.IntegrationTests.Customers.Duplicates;

/// <summary>Scans of a server that is killed.</summary>
[Collection(nameof(SeveralServers))]
public sealed class ScanCrashTests(CrashingPatron patron) : IClassFixture<CrashingPatron>
{
    private const int Customers = 21_000; // So many that a server scans them instead of comparing each.
    private const int Kills = 3;

    [Fact]
    public async Task Killed_scan_starts_over_and_compares_every_customer()
    {
        var server = await patron.RunningAsync();
        await DataFolder.ExecuteAsync(
            patron.Folder.ConnectionString(),
            JobIntents.ManySql.Replace("$1", "(SELECT id FROM accounts.organizations WHERE is_home)", StringComparison.Ordinal)
                .Replace("$2", "'scan'", StringComparison.Ordinal).Replace("$3", $"{Customers}", StringComparison.Ordinal));

        for (var kill = 0; kill < Kills; kill++)
        {
            await UntilAsync(server, "SELECT count(*) FROM customers.duplicate_scans WHERE is_due");
            await server.KillAsync();
            server = await patron.RunningAsync();
        }

        await UntilAsync(server, $"SELECT count(*) FROM customers.duplicate_scans WHERE NOT is_due AND records >= {Customers}");
        Assert.Equal(Customers, await CountAsync("SELECT count(*) FROM customers.match_keys k JOIN customers.customers c ON c.uid = k.customer_uid AND 'scan' = ANY (c.tags)"));
        await UntilAsync(server, "SELECT (count(*) = 0)::int::bigint FROM customers.duplicate_queue");
        Assert.Equal(
            await CountAsync("SELECT pairs FROM customers.duplicate_scans"), await CountAsync("SELECT count(*) FROM customers.duplicate_pairs"));
    }

    private Task UntilAsync(PatronProcess server, string sql) => server.UntilAsync(async () => await CountAsync(sql) == 1);

    private Task<long> CountAsync(string sql) => ProcessIntents.CountAsync(patron.Folder.ConnectionString(), sql);
}
