using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;
using Patron.PrivatePostgres;

namespace Patron.IntegrationTests.Reliability;

/// <summary>
/// A primary and its synchronous standby on this machine, each behind a proxy, like a highly available installation. The standby can be
/// disconnected and promoted, and the primary killed.
/// </summary>
internal sealed class PostgresPair : IAsyncDisposable
{
    private readonly DataFolder primaryFolder;
    private readonly PrivatePostgresServer primary;
    private readonly PostgresStandby standby;
    private readonly DatabaseProxy primaryProxy;
    private readonly DatabaseProxy standbyProxy;
    private int? receiver;

    private PostgresPair(DataFolder folder, PrivatePostgresServer primary, PostgresStandby standby)
    {
        (primaryFolder, this.primary, this.standby) = (folder, primary, standby);
        primaryProxy = new DatabaseProxy(primary.ConnectionString);
        standbyProxy = new DatabaseProxy(Standby);
    }

    /// <summary>The connection string of the primary, without the proxy.</summary>
    public string Primary => primary.ConnectionString;

    /// <summary>The connection string of the standby, without the proxy.</summary>
    public string Standby => standby.ConnectionString;

    /// <summary>Patron's connection string, which selects the server that accepts writes.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder(Primary)
    {
        Host = $"127.0.0.1:{primaryProxy.Port},127.0.0.1:{standbyProxy.Port}", TargetSessionAttributes = "primary", HostRecheckSeconds = 1, Timeout = 2, CommandTimeout = 3,
    }.ConnectionString;

    public static async Task<PostgresPair> StartAsync()
    {
        var folder = new DataFolder();
        var first = await folder.StartAsync(durable: true);
        var pair = new PostgresPair(folder, first, await PostgresStandby.StartAsync(folder, first.ConnectionString));
        await SqlAsync<object>(pair.Primary, "ALTER SYSTEM SET synchronous_standby_names = '*'");
        await SqlAsync<object>(pair.Primary, "SELECT pg_reload_conf()");
        await Eventually.BecomeTrueAsync(async () =>
            await SqlAsync<long>(pair.Primary, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") == 1);
        return pair;
    }

    /// <summary>Runs SQL on one of the two and returns its first value.</summary>
    public static async Task<T?> SqlAsync<T>(string connectionString, string sql) => await DataFolder.ExecuteAsync(connectionString, sql) is T value ? value : default;

    /// <summary>Disconnects the standby silently, so that later writes do not reach it.</summary>
    public async Task CutStandbyOffAsync()
    {
        receiver = await SqlAsync<int>(Standby, "SELECT pid FROM pg_stat_wal_receiver");
        await SignalAsync("STOP", receiver.Value);
    }

    /// <summary>Kills the primary.</summary>
    public void KillPrimary()
    {
        primaryFolder.KillPostmaster();
        primaryProxy.ForwardTo(null);
    }

    /// <summary>Promotes the standby.</summary>
    public async Task PromoteStandbyAsync() => await SqlAsync<bool>(Standby, "SELECT pg_promote()");

    public async ValueTask DisposeAsync()
    {
        if (receiver is { } stopped)
        {
            await SignalAsync("CONT", stopped);
        }

        await primaryProxy.DisposeAsync();
        await standbyProxy.DisposeAsync();
        await standby.DisposeAsync();
        await primary.DisposeAsync();
        primaryFolder.Dispose();
    }

    private static async Task SignalAsync(string signal, int process)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }
}
