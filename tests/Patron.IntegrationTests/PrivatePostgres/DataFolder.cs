using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Patron.PrivatePostgres;

namespace Patron.IntegrationTests.PrivatePostgres;

/// <summary>The data folder of a test and actions on its server. Disposal deletes it and kills a server that still runs.</summary>
internal sealed class DataFolder : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    public DataFolder(string? name = null) =>
        Location = Path.Combine(Path.GetTempPath(), "patron-private-" + Guid.NewGuid().ToString("N")[..8] + name);

    public string Location { get; }

    public string Cluster => Path.Combine(Location, "postgres");

    public Task<PrivatePostgresServer> StartAsync(bool durable = false) =>
        PrivatePostgresServer.StartAsync(
            new PrivatePostgresOptions { DataFolder = Location, Durable = durable }, NullLogger.Instance, TestContext.Current.CancellationToken);

    public async Task<string> FailToStartAsync() => (await Assert.ThrowsAsync<PrivatePostgresException>(() => StartAsync())).Message;

    /// <summary>Starts this test program again with <see cref="SecondProcess"/> and returns when its server runs.</summary>
    public async Task<Process> StartProcessAsync()
    {
        var process = BeginProcess();
        await EventuallyAsync(() => File.Exists(SecondProcess.ReadyFile(Location)) || process.HasExited);
        Assert.False(process.HasExited);
        return process;
    }

    public Process BeginProcess()
    {
        var program = typeof(DataFolder).Assembly.Location;
        var start = new ProcessStartInfo("dotnet", [program, "-explicit", "only", "-class", typeof(SecondProcess).FullName!])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment[SecondProcess.DataFolderVariable] = Location;
        return Process.Start(start)!;
    }

    public int PostmasterId() =>
        int.Parse(File.ReadLines(Path.Combine(Cluster, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    public void KillPostmaster() => Process.GetProcessById(PostmasterId()).Kill();

    public bool IsRunning() => File.Exists(Path.Combine(Cluster, "postmaster.pid"));

    public static async Task<object?> ExecuteAsync(string connectionString, string sql)
    {
        // A pooled connection could still belong to the server before the crash.
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
            Assert.True(elapsed.Elapsed < Timeout, "What the test waits for did not happen.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TestContext.Current.CancellationToken);
        }
    }

    public void Dispose()
    {
        if (!Directory.Exists(Location))
            return;

        var processes = Process.GetProcessesByName("postgres");
        if (IsRunning() && processes.FirstOrDefault(process => process.Id == PostmasterId()) is { } left)
        {
            left.Kill();
            left.WaitForExit();
        }

        foreach (var socket in Directory.GetDirectories("/tmp", $"patron-*-{PostgresCluster.HashPath(Cluster)}"))
            Directory.Delete(socket, recursive: true);
        Directory.Delete(Location, recursive: true);
    }
}
