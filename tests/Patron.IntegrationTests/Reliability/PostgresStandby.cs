using Npgsql;
using Patron.IntegrationTests.PrivatePostgres;
using Patron.PrivatePostgres;

namespace Patron.IntegrationTests.Reliability;

/// <summary>
/// A standby of a private PostgreSQL, made by <c>pg_basebackup</c>, on a socket of its own. Its replay can be paused, which makes it lag, and
/// it can be killed and started again.
/// </summary>
internal sealed class PostgresStandby : IAsyncDisposable
{
    private readonly PostgresTools tools;
    private readonly string home;

    private PostgresStandby(PostgresTools tools, string home, string primary)
    {
        (this.tools, this.home) = (tools, home);
        ConnectionString = new NpgsqlConnectionStringBuilder(primary) { Host = home }.ConnectionString;
    }

    public string ConnectionString { get; }

    private string Data => Path.Combine(home, "data");

    /// <summary>Copies the running server of the folder and follows it.</summary>
    public static async Task<PostgresStandby> StartAsync(DataFolder folder, string primary)
    {
        var owner = UnixFiles.FindFolder(folder.Cluster)!.Value.Owner;
        var programs = await PostgresTools.FindAsync(null, null, UnixFiles.CurrentUser.User == 0 ? owner : null, CancellationToken.None);
        var folderOfStandby = Path.Combine(Path.GetTempPath(), "patron-standby-" + Guid.NewGuid().ToString("N")[..8]);
        UnixFiles.TryCreateFolder(folderOfStandby, PostgresCluster.OwnerOnlyMode);
        UnixFiles.SetOwner(folderOfStandby, owner);
        var standby = new PostgresStandby(programs, folderOfStandby, primary);
        var source = new NpgsqlConnectionStringBuilder(primary);
        await standby.RunAsync("pg_basebackup", "/", "-D", standby.Data, "-R", "-X", "stream", "-c", "fast", "-h", source.Host!, "-U", source.Username!);
        await standby.StartAsync();
        return standby;
    }

    /// <summary>Starts it again after <see cref="KillAsync"/>.</summary>
    public Task StartAsync() => RunAsync("pg_ctl", Data, "-w", "-s", "-l", "log", "-o", $"-c listen_addresses= -c unix_socket_directories={home}", "start");

    /// <summary>Ends it at once, like a crash.</summary>
    public Task KillAsync() => RunAsync("pg_ctl", Data, "-m", "immediate", "-w", "stop");

    /// <summary>Stops showing what the primary writes from now on.</summary>
    public async Task PauseAsync()
    {
        await DataFolder.ExecuteAsync(ConnectionString, "SELECT pg_wal_replay_pause()");
        await Hosting.Eventually.BecomeTrueAsync(async () =>
            await DataFolder.ExecuteAsync(ConnectionString, "SELECT pg_get_wal_replay_pause_state()") is "paused");
    }

    /// <summary>Goes on, and returns when it shows what the primary has by now.</summary>
    public async Task CatchUpAsync(string primary)
    {
        await DataFolder.ExecuteAsync(ConnectionString, "SELECT pg_wal_replay_resume()");
        var now = (string)(await DataFolder.ExecuteAsync(primary, "SELECT pg_current_wal_flush_lsn()::text"))!;
        await Hosting.Eventually.BecomeTrueAsync(async () =>
            await DataFolder.ExecuteAsync(ConnectionString, $"SELECT pg_last_wal_replay_lsn() >= '{now}'") is true);
    }

    public async ValueTask DisposeAsync()
    {
        await tools.RunAsync("pg_ctl", Data, ["-m", "immediate", "-w", "stop"], CancellationToken.None);
        Directory.Delete(home, recursive: true);
    }

    private async Task RunAsync(string program, string workingFolder, params string[] arguments)
    {
        var done = await tools.RunAsync(program, workingFolder, arguments, CancellationToken.None);
        Assert.True(done.Succeeded, $"{program}: {done.Output}");
    }
}
