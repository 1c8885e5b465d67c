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
    private readonly PostgresTools tools;
    private readonly string standbyHome;
    private readonly DatabaseProxy primaryProxy;
    private readonly DatabaseProxy standbyProxy;
    private int? receiver;

    private PostgresPair(DataFolder folder, PrivatePostgresServer primary, PostgresTools tools, string standbyHome)
    {
        (primaryFolder, this.primary, this.tools, this.standbyHome) = (folder, primary, tools, standbyHome);
        Standby = new NpgsqlConnectionStringBuilder(primary.ConnectionString) { Host = standbyHome }.ConnectionString;
        primaryProxy = new DatabaseProxy(primary.ConnectionString);
        standbyProxy = new DatabaseProxy(Standby);
    }

    /// <summary>The connection string of the primary, without the proxy.</summary>
    public string Primary => primary.ConnectionString;

    /// <summary>The connection string of the standby, without the proxy.</summary>
    public string Standby { get; }

    /// <summary>Patron's connection string, which selects the server that accepts writes.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder(Primary)
    {
        Host = $"127.0.0.1:{primaryProxy.Port},127.0.0.1:{standbyProxy.Port}", TargetSessionAttributes = "primary", HostRecheckSeconds = 1, Timeout = 2, CommandTimeout = 3,
    }.ConnectionString;

    private string StandbyData => Path.Combine(standbyHome, "data");

    public static async Task<PostgresPair> StartAsync()
    {
        var folder = new DataFolder();
        var first = await folder.StartAsync(durable: true);
        var owner = UnixFiles.FindFolder(folder.Cluster)!.Value.Owner;
        var programs = await PostgresTools.FindAsync(null, null, UnixFiles.CurrentUser.User == 0 ? owner : null, CancellationToken.None);
        var home = Path.Combine(Path.GetTempPath(), "patron-standby-" + Guid.NewGuid().ToString("N")[..8]);
        UnixFiles.TryCreateFolder(home, PostgresCluster.OwnerOnlyMode);
        UnixFiles.SetOwner(home, owner);
        var pair = new PostgresPair(folder, first, programs, home);
        await pair.StartStandbyAsync();
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
        await tools.RunAsync("pg_ctl", StandbyData, ["-m", "immediate", "-w", "stop"], CancellationToken.None);
        await primary.DisposeAsync();
        primaryFolder.Dispose();
        Directory.Delete(standbyHome, recursive: true);
    }

    private async Task StartStandbyAsync()
    {
        var source = new NpgsqlConnectionStringBuilder(Primary);
        await RunAsync("pg_basebackup", "/", "-D", StandbyData, "-R", "-X", "stream", "-c", "fast", "-h", source.Host!, "-U", source.Username!);
        await RunAsync("pg_ctl", StandbyData, "-w", "-s", "-l", "log", "-o", $"-c listen_addresses= -c unix_socket_directories={standbyHome}", "start");
        await SqlAsync<object>(Primary, "ALTER SYSTEM SET synchronous_standby_names = '*'");
        await SqlAsync<object>(Primary, "SELECT pg_reload_conf()");
        await Eventually.BecomeTrueAsync(async () => await SqlAsync<long>(Primary, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") == 1);
    }

    private async Task RunAsync(string program, string workingFolder, params string[] arguments)
    {
        var done = await tools.RunAsync(program, workingFolder, arguments, CancellationToken.None);
        Assert.True(done.Succeeded, $"{program}: {done.Output}");
    }

    private static async Task SignalAsync(string signal, int process)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }
}
