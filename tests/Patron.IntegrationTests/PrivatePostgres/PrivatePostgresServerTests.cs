using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Patron.PrivatePostgres;
using static Patron.IntegrationTests.PrivatePostgres.DataFolder;

namespace Patron.IntegrationTests.PrivatePostgres;

public sealed class PrivatePostgresServerTests : IDisposable
{
    private readonly DataFolder data = new();

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task First_start_creates_a_database_and_disposal_stops_it()
    {
        await using (var server = await data.StartAsync())
            Assert.Equal("patron", await ExecuteAsync(server.ConnectionString, "SELECT current_database()::text"));

        Assert.False(data.IsRunning());
    }

    [Fact]
    public async Task Data_survives_a_restart()
    {
        await using (var server = await data.StartAsync())
            await ExecuteAsync(server.ConnectionString, "CREATE TABLE kept AS SELECT 'pear' AS name");

        await using var again = await data.StartAsync();
        Assert.Equal("pear", await ExecuteAsync(again.ConnectionString, "SELECT name FROM kept"));
    }

    [Fact]
    public async Task Server_listens_only_on_a_socket_of_its_user()
    {
        await using var server = await data.StartAsync();

        Assert.Equal("", await ExecuteAsync(server.ConnectionString, "SHOW listen_addresses"));
        Assert.Equal("0700", await ExecuteAsync(server.ConnectionString, "SHOW unix_socket_permissions"));
        Assert.Equal((UnixFileMode)0b111_000_000, new DirectoryInfo(data.Cluster).UnixFileMode);
    }

    [Fact]
    public async Task First_user_leaves_the_server_running_and_the_last_stops_it()
    {
        var first = await data.StartAsync();
        var postmaster = data.PostmasterId();
        var second = await data.StartAsync();
        Assert.Equal(first.ConnectionString, second.ConnectionString);

        await first.DisposeAsync();
        Assert.Equal(1, await ExecuteAsync(second.ConnectionString, "SELECT 1"));
        Assert.Equal(postmaster, data.PostmasterId());

        await second.DisposeAsync();
        Assert.False(data.IsRunning());
    }

    [Fact]
    public async Task Concurrent_starts_on_an_empty_folder_share_one_server()
    {
        using var process = data.BeginProcess();
        var servers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => data.StartAsync()));
        await EventuallyAsync(() => File.Exists(SecondProcess.ReadyFile(data.Location)));
        Assert.Single(servers.Select(server => server.ConnectionString).Distinct(StringComparer.Ordinal));

        await Task.WhenAll(servers.Select(server => server.DisposeAsync().AsTask()));
        Assert.True(data.IsRunning());

        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        Assert.False(data.IsRunning());
    }

    [Fact]
    public async Task After_a_killed_Patron_the_next_one_attaches_to_the_running_server()
    {
        using var process = await data.StartProcessAsync();
        var postmaster = data.PostmasterId();
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        await using (var server = await data.StartAsync())
        {
            Assert.Equal(postmaster, data.PostmasterId());
            Assert.Equal(1, await ExecuteAsync(server.ConnectionString, "SELECT 1"));
        }

        Assert.False(data.IsRunning());
    }

    [Fact]
    public async Task Killed_PostgreSQL_is_restarted_with_all_committed_data()
    {
        await using var server = await data.StartAsync(durable: true);
        await ExecuteAsync(server.ConnectionString, "CREATE TABLE kept AS SELECT 'pear' AS name");
        var postmaster = data.PostmasterId();
        data.KillPostmaster();

        await server.EnsureRunningAsync(TestContext.Current.CancellationToken);

        Assert.NotEqual(postmaster, data.PostmasterId());
        Assert.Equal("pear", await ExecuteAsync(server.ConnectionString, "SELECT name FROM kept"));
    }

    [Fact]
    public async Task Next_start_recovers_after_both_were_killed()
    {
        using var process = await data.StartProcessAsync();
        process.Kill();
        data.KillPostmaster();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        await using var server = await data.StartAsync();
        Assert.Equal(1, await ExecuteAsync(server.ConnectionString, "SELECT 1"));
    }

    [Fact]
    public async Task Incomplete_cluster_of_a_killed_first_start_is_not_used()
    {
        using var process = data.BeginProcess();
        await EventuallyAsync(() => Directory.Exists(data.Location) && Directory.GetDirectories(data.Location, "postgres.new-*").Length > 0);
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.False(Directory.Exists(data.Cluster));

        await using var server = await data.StartAsync();
        Assert.Equal(1, await ExecuteAsync(server.ConnectionString, "SELECT 1"));
    }

    [Fact]
    public async Task Server_in_smart_shutdown_is_restarted_immediately()
    {
        await using var server = await data.StartAsync();
        await using var client = new NpgsqlConnection(server.ConnectionString);
        await client.OpenAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, Signal(data.PostmasterId(), Sigterm));

        await server.EnsureRunningAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, await ExecuteAsync(server.ConnectionString, "SELECT 1"));
    }

    [Fact]
    public async Task Stale_pid_file_with_a_reused_process_id_is_ignored()
    {
        await (await data.StartAsync()).DisposeAsync();
        var me = Environment.ProcessId;
        var lines = $"{me}\n{data.Cluster}\n0\n5432\n{data.Cluster}\n\n 1 1\nready   \n";
        await File.WriteAllTextAsync(Path.Combine(data.Cluster, "postmaster.pid"), lines);

        await using var server = await data.StartAsync();
        Assert.NotEqual(me, data.PostmasterId());
    }

    [Fact]
    public async Task Guard_restarts_a_killed_server()
    {
        await using var server = await data.StartAsync();
        using var guard = new PrivatePostgresGuard(server, NullLogger<PrivatePostgresGuard>.Instance);
        await guard.StartAsync(TestContext.Current.CancellationToken);
        var postmaster = data.PostmasterId();
        data.KillPostmaster();

        await EventuallyAsync(() => data.IsRunning() && data.PostmasterId() != postmaster);
        await guard.StopAsync(TestContext.Current.CancellationToken);
        await server.EnsureRunningAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, await ExecuteAsync(server.ConnectionString, "SELECT 1"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" it's $HOME, \"really\";")]
    [InlineData("-a-name-so-long-that-the-path-of-a-socket-in-it-would-be-longer-than-the-hundred-and-seven-bytes-a-socket-may-have")]
    public async Task Any_folder_name_works(string name)
    {
        using var folder = new DataFolder(name);
        await using var first = await folder.StartAsync();
        await using var second = await folder.StartAsync();

        Assert.Equal(first.ConnectionString, second.ConnectionString);
        Assert.Equal(1, await ExecuteAsync(first.ConnectionString, "SELECT 1"));
        Assert.Equal((UnixFileMode)0b111_000_000, new DirectoryInfo(new NpgsqlConnectionStringBuilder(first.ConnectionString).Host!).UnixFileMode);
    }

    private const int Sigterm = 15;

    [DllImport("libc", EntryPoint = "kill"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int process, int signal);
}
