using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Patron.PrivatePostgres;

namespace Patron.IntegrationTests.PrivatePostgres;

/// <summary>A data folder of one test, with what a test does to the server in it. Deleted at the end, with a server that was left behind.</summary>
internal sealed class DataFolder : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public DataFolder(string? name = null) => Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "patron-private-" + Guid.NewGuid().ToString("N")[..8] + name);

    public string Path { get; }

    public string Cluster => System.IO.Path.Combine(Path, "postgres");

    public Task<PrivatePostgresServer> StartAsync(bool durable = false) =>
        PrivatePostgresServer.StartAsync(
            new PrivatePostgresOptions { DataFolder = Path, Durable = durable }, NullLogger.Instance, TestContext.Current.CancellationToken);

    public async Task<string> FailToStartAsync() => (await Assert.ThrowsAsync<PrivatePostgresException>(() => StartAsync())).Message;

    /// <summary>Another Patron process, in truth: this test program again, running <see cref="PatronProcess"/>. Returns when it has its server.</summary>
    public async Task<Process> StartProcessAsync()
    {
        var process = BeginProcess();
        await EventuallyAsync(() => File.Exists(PatronProcess.ReadyFile(Path)) || process.HasExited);
        Assert.False(process.HasExited);
        return process;
    }

    public Process BeginProcess()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(DataFolder).Assembly.Location, "-explicit", "only", "-class", typeof(PatronProcess).FullName!])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment[PatronProcess.DataFolderVariable] = Path;
        return Process.Start(start)!;
    }

    public int PostmasterId() =>
        int.Parse(File.ReadLines(System.IO.Path.Combine(Cluster, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    public void KillPostmaster() => Process.GetProcessById(PostmasterId()).Kill();

    public bool IsRunning() => File.Exists(System.IO.Path.Combine(Cluster, "postmaster.pid"));

    public static async Task<object?> ExecuteAsync(string connectionString, string sql)
    {
        // A pooled connection would speak of the server before the crash.
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }

    public static async Task EventuallyAsync(Func<bool> condition)
    {
        var elapsed = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(elapsed.Elapsed < Patience, "What the test waits for did not happen.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TestContext.Current.CancellationToken);
        }
    }

    public void Dispose()
    {
        if (!Directory.Exists(Path))
            return;

        if (IsRunning() && Process.GetProcesses().FirstOrDefault(process => process.Id == PostmasterId() && process.ProcessName == "postgres") is { } left)
        {
            left.Kill();
            left.WaitForExit();
        }

        foreach (var socket in Directory.GetDirectories("/tmp", $"patron-*-{PostgresCluster.Fingerprint(Cluster)}"))
            Directory.Delete(socket, recursive: true);
        Directory.Delete(Path, recursive: true);
    }
}
