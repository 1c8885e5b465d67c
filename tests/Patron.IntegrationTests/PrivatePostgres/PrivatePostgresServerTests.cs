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
    public async Task A_first_start_makes_a_database_and_the_end_stops_it()
    {
        await using (var server = await data.StartAsync())
            Assert.Equal("patron", await ExecuteAsync(server.ConnectionString, "SELECT current_database()::text"));

        Assert.False(data.IsRunning());
    }

    [Fact]
    public async Task What_was_written_is_there_after_a_stop_and_a_start()
    {
        await using (var server = await data.StartAsync())
            await ExecuteAsync(server.ConnectionString, "CREATE TABLE kept AS SELECT 'pear' AS name");

        await using var again = await data.StartAsync();
        Assert.Equal("pear", await ExecuteAsync(again.ConnectionString, "SELECT name FROM kept"));
    }

    [Fact]
    public async Task It_listens_on_no_network_and_its_socket_is_its_users_alone()
    {
        await using var server = await data.StartAsync();

        Assert.Equal("", await ExecuteAsync(server.ConnectionString, "SHOW listen_addresses"));
        Assert.Equal("0700", await ExecuteAsync(server.ConnectionString, "SHOW unix_socket_permissions"));
        Assert.Equal((UnixFileMode)0b111_000_000, new DirectoryInfo(data.Cluster).UnixFileMode);
    }

    [Fact]
    public async Task The_first_out_leaves_it_running_for_the_second_and_the_last_out_stops_it()
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
    public async Task Several_that_start_at_once_on_an_empty_folder_share_one_server()
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
    public async Task After_a_killed_Patron_the_next_one_finds_the_server_running()
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
    public async Task After_a_killed_PostgreSQL_it_is_started_again_with_what_was_committed()
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
    public async Task After_both_were_killed_the_next_start_recovers()
    {
        using var process = await data.StartProcessAsync();
        process.Kill();
        data.KillPostmaster();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        await using var server = await data.StartAsync();
        Assert.Equal(1, await ExecuteAsync(server.ConnectionString, "SELECT 1"));
    }

    [Fact]
    public async Task A_first_start_killed_in_the_middle_leaves_nothing_that_is_used()
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
    public async Task A_server_told_to_end_when_its_clients_have_gone_is_replaced_at_once()
    {
        await using var server = await data.StartAsync();
        await using var client = new NpgsqlConnection(server.ConnectionString);
        await client.OpenAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, Signal(data.PostmasterId(), PoliteShutdown));

        await server.EnsureRunningAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, await ExecuteAsync(server.ConnectionString, "SELECT 1"));
    }

    [Fact]
    public async Task A_stale_pid_file_whose_number_is_somebody_elses_now_does_not_matter()
    {
        await (await data.StartAsync()).DisposeAsync();
        var me = Environment.ProcessId;
        var lines = $"{me}\n{data.Cluster}\n0\n5432\n{data.Cluster}\n\n 1 1\nready   \n";
        await File.WriteAllTextAsync(Path.Combine(data.Cluster, "postmaster.pid"), lines);

        await using var server = await data.StartAsync();
        Assert.NotEqual(me, data.PostmasterId());
    }

    [Fact]
    public async Task The_guard_starts_a_killed_server_again_by_itself()
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
    public async Task Any_folder_name_will_do(string name)
    {
        using var folder = new DataFolder(name);
        await using var first = await folder.StartAsync();
        await using var second = await folder.StartAsync();

        Assert.Equal(first.ConnectionString, second.ConnectionString);
        Assert.Equal(1, await ExecuteAsync(first.ConnectionString, "SELECT 1"));
        Assert.Equal((UnixFileMode)0b111_000_000, new DirectoryInfo(new NpgsqlConnectionStringBuilder(first.ConnectionString).Host!).UnixFileMode);
    }

    private const int PoliteShutdown = 15;

    [DllImport("libc", EntryPoint = "kill"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int process, int signal);
}
