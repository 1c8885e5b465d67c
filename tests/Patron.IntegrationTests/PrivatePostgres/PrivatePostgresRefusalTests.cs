using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Patron.PrivatePostgres;
using static Patron.IntegrationTests.PrivatePostgres.DataFolder;

namespace Patron.IntegrationTests.PrivatePostgres;

/// <summary>Where there is no way on, one sentence says what to do.</summary>
public sealed class PrivatePostgresRefusalTests : IDisposable
{
    private readonly DataFolder data = new();

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task A_database_of_a_version_that_is_not_installed_names_that_version()
    {
        await (await data.StartAsync()).DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(data.Cluster, "PG_VERSION"), "14\n");

        var sentence = await data.FailToStartAsync();

        Assert.Contains("made by PostgreSQL 14", sentence, StringComparison.Ordinal);
        Assert.Contains("install the package postgresql-14", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_that_are_not_there_are_asked_for()
    {
        var options = new PrivatePostgresOptions { DataFolder = data.Location, BinariesFolder = "/usr/nothing" };
        var refused = await Assert.ThrowsAsync<PrivatePostgresException>(
            () => PrivatePostgresServer.StartAsync(options, NullLogger.Instance, TestContext.Current.CancellationToken));

        Assert.Contains("needs the programs of PostgreSQL 15 or newer, and found none", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_of_somebody_elses_files_is_left_alone()
    {
        Directory.CreateDirectory(data.Cluster);
        var file = Path.Combine(data.Cluster, "letter.txt");
        await File.WriteAllTextAsync(file, "Dear Anna");

        Assert.Contains("holds no PostgreSQL database", await data.FailToStartAsync(), StringComparison.Ordinal);
        Assert.True(File.Exists(file));
    }

    [Theory]
    [InlineData("/proc/patron/data")]
    [InlineData("/dev/null/data")]
    public async Task A_data_folder_that_cannot_be_made_is_refused(string folder)
    {
        var options = new PrivatePostgresOptions { DataFolder = folder };
        var refused = await Assert.ThrowsAsync<PrivatePostgresException>(
            () => PrivatePostgresServer.StartAsync(options, NullLogger.Instance, TestContext.Current.CancellationToken));

        Assert.Contains("--data", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_PostgreSQL_refuses_gives_its_reason()
    {
        await (await data.StartAsync()).DisposeAsync();
        await File.AppendAllTextAsync(Path.Combine(data.Cluster, "postgresql.conf"), "no_such_setting = 1\n");

        Assert.Contains("no_such_setting", await data.FailToStartAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_for_the_socket_that_others_may_open_is_refused()
    {
        using var folder = new DataFolder(" with a space");
        string socket;
        await using (var server = await folder.StartAsync())
            socket = new NpgsqlConnectionStringBuilder(server.ConnectionString).Host!;
        Directory.Delete(socket);
        UnixFiles.TryCreateFolder(socket, 0b111_111_111);

        Assert.Contains("belongs to somebody else", await folder.FailToStartAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_roots_PostgreSQL_user_cannot_enter_points_to_one_that_it_can()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root's PostgreSQL runs as another user.");
        UnixFiles.TryCreateFolder(data.Location, 0b111_000_000);
        string elsewhere;

        await using (var server = await data.StartAsync())
        {
            elsewhere = new DirectoryInfo(data.Cluster).LinkTarget!;
            await using var second = await data.StartAsync();
            Assert.Equal(1, await ExecuteAsync(second.ConnectionString, "SELECT 1"));
        }

        Assert.StartsWith("/var/lib/patron-", elsewhere, StringComparison.Ordinal);
        Directory.Delete(elsewhere, recursive: true);
    }
}
