using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Patron.PrivatePostgres;
using static Patron.IntegrationTests.PrivatePostgres.DataFolder;

namespace Patron.IntegrationTests.PrivatePostgres;

/// <summary>Errors of the private PostgreSQL are sentences that say what to do.</summary>
public sealed class PrivatePostgresRefusalTests : IDisposable
{
    private readonly DataFolder data = new();

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task Database_of_a_version_that_is_not_installed_reports_that_version()
    {
        await (await data.StartAsync()).DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(data.Cluster, "PG_VERSION"), "14\n");

        var sentence = await data.FailToStartAsync();

        Assert.Contains("made by PostgreSQL 14", sentence, StringComparison.Ordinal);
        Assert.Contains("install the package postgresql-14", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_programs_are_reported()
    {
        var options = new PrivatePostgresOptions { DataFolder = data.Location, BinariesFolder = "/usr/nothing" };
        var refused = await Assert.ThrowsAsync<PrivatePostgresException>(
            () => PrivatePostgresServer.StartAsync(options, NullLogger.Instance, TestContext.Current.CancellationToken));

        Assert.Contains("needs the programs of PostgreSQL 15 or newer, and found none", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_with_other_files_is_refused_and_unchanged()
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
    public async Task Data_folder_that_cannot_be_created_is_refused(string folder)
    {
        var options = new PrivatePostgresOptions { DataFolder = folder };
        var refused = await Assert.ThrowsAsync<PrivatePostgresException>(
            () => PrivatePostgresServer.StartAsync(options, NullLogger.Instance, TestContext.Current.CancellationToken));

        Assert.Contains("--data", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_refused_by_PostgreSQL_reports_the_reason()
    {
        await (await data.StartAsync()).DisposeAsync();
        await File.AppendAllTextAsync(Path.Combine(data.Cluster, "postgresql.conf"), "no_such_setting = 1\n");

        Assert.Contains("no_such_setting", await data.FailToStartAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Socket_folder_accessible_to_others_is_refused()
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
    public async Task Data_folder_inaccessible_to_the_PostgreSQL_user_is_linked_to_an_accessible_one()
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
