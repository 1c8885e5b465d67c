using System.Diagnostics;
using Npgsql;

namespace Patron.PrivatePostgres;

/// <summary>
/// A PostgreSQL of Patron's own, for those who have not set up one: on a socket that only its user can open, shared by every Patron process on the same
/// data folder, found again after a crash, stopped by the last one out.
/// </summary>
public sealed class PrivatePostgresServer : IAsyncDisposable
{
    private const string LogFile = "server.log";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string dataFolder;
    private readonly bool durable;
    private readonly ILogger logger;
    private readonly PostgresCluster cluster;
    private readonly string socketFolder;
    private FileStream? use;

    private PrivatePostgresServer(string dataFolder, bool durable, ILogger logger, PostgresCluster cluster)
    {
        this.dataFolder = dataFolder;
        this.durable = durable;
        this.logger = logger;
        this.cluster = cluster;
        socketFolder = cluster.Postmaster.SocketFolder();
        ConnectionString = ConnectionTo("patron").ConnectionString;
        use = FolderLock.Use(dataFolder);
    }

    /// <summary>Host, port, user and database; pool settings are the caller's.</summary>
    public string ConnectionString { get; }

    /// <summary>Starts the server, or attaches to the one that runs; makes what is missing. Throws <see cref="PrivatePostgresException"/>.</summary>
    public static async Task<PrivatePostgresServer> StartAsync(PrivatePostgresOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.DataFolder));
        PostgresCluster.MakeDataFolder(folder);
        using var entered = await FolderLock.EnterAsync(folder, cancellationToken);
        var found = await PostgresCluster.OpenAsync(folder, options, logger, cancellationToken);
        using (var alone = FolderLock.TryBeAlone(folder))
        {
            if (alone is not null)
                found.Postmaster.ForgetReusedPid();
        }

        var server = new PrivatePostgresServer(folder, options.Durable, logger, found);
        try
        {
            if (await server.ConnectOrStartAsync(cancellationToken))
                PrivatePostgresLog.Started(logger, found.Tools.Version, found.Folder);
            else
                PrivatePostgresLog.Attached(logger, found.Folder);
            return server;
        }
        catch
        {
            await server.LeaveAsync();
            throw;
        }
    }

    /// <summary>Returns when the server takes connections; starts it again when it has died under us.</summary>
    public async Task EnsureRunningAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(use is null, this);
        using var entered = await FolderLock.EnterAsync(dataFolder, cancellationToken);
        await ConnectOrStartAsync(cancellationToken);
    }

    /// <summary>Stops the server when nobody else uses it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (use is null)
            return;

        using var entered = await FolderLock.EnterAsync(dataFolder, CancellationToken.None);
        await LeaveAsync();
    }

    /// <summary>Only a connection proves that a server lives: `pg_ctl status` believes a stale pid file. True when it had to be started.</summary>
    private async Task<bool> ConnectOrStartAsync(CancellationToken cancellationToken)
    {
        var started = false;
        var silence = Stopwatch.StartNew();
        while (true)
        {
            switch (await AskAsync("patron", cancellationToken))
            {
                case Answer.Ready:
                    return started;
                case Answer.DatabaseMissing:
                    await MakeDatabaseAsync(cancellationToken);
                    return started;
                case Answer.Recovering:
                    // It lives, and recovery takes as long as it takes.
                    silence.Restart();
                    break;
                case Answer.Leaving:
                    // A polite shutdown waits for the clients, and we are the clients.
                    await StopAsync(cancellationToken);
                    break;
                default:
                    var start = await cluster.Tools.RunAsync("pg_ctl", cluster.Folder, StartArguments(), cancellationToken);
                    started |= start.Succeeded;
                    if (!start.Succeeded && await WhyNotAsync(start.Output, cancellationToken) is var reason && silence.Elapsed > PatienceFor(reason))
                        throw new PrivatePostgresException($"PostgreSQL does not start in '{cluster.Folder}': {reason} (its log is '{cluster.Folder}/{LogFile}').");
                    break;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }
    }

    private async Task<Answer> AskAsync(string database, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(PrivateConnection(database));
            await connection.OpenAsync(cancellationToken);
            return Answer.Ready;
        }
        catch (PostgresException answer)
        {
            return answer.SqlState switch
            {
                PostgresErrorCodes.InvalidCatalogName => Answer.DatabaseMissing,
                PostgresErrorCodes.CannotConnectNow when answer.MessageText.Contains("shutting down", StringComparison.Ordinal) => Answer.Leaving,
                PostgresErrorCodes.CannotConnectNow => Answer.Recovering,
                PostgresErrorCodes.TooManyConnections => Answer.Ready,
                _ => throw new PrivatePostgresException($"The database in '{cluster.Folder}' answers, but refuses: {answer.MessageText}.", answer),
            };
        }
        catch (Exception away) when (away is NpgsqlException or TimeoutException)
        {
            return Answer.None;
        }
    }

    private async Task MakeDatabaseAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(PrivateConnection("postgres"));
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("CREATE DATABASE patron", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task LeaveAsync()
    {
        use?.Dispose();
        use = null;
        using var alone = FolderLock.TryBeAlone(dataFolder);
        if (alone is null)
            PrivatePostgresLog.LeftRunning(logger, cluster.Folder);
        else if (await StopAsync(CancellationToken.None))
            PrivatePostgresLog.Stopped(logger, cluster.Folder);
    }

    private async Task<bool> StopAsync(CancellationToken cancellationToken)
    {
        // pg_ctl would signal whoever has the number in a stale pid file.
        if (cluster.Postmaster.FindProcess() is null)
            return false;

        var stop = await cluster.Tools.RunAsync("pg_ctl", cluster.Folder, ["-m", "fast", "-w", "-t", "60", "stop"], cancellationToken);
        if (!stop.Succeeded)
            PrivatePostgresLog.NotStopped(logger, cluster.Folder, PostgresTools.Reason(stop.Output));
        return stop.Succeeded;
    }

    private async Task<string> WhyNotAsync(string output, CancellationToken cancellationToken)
    {
        var log = await cluster.Tools.TailAsync(Path.Combine(cluster.Folder, LogFile), cancellationToken);
        // Without the times and process ids.
        return log.Length == 0 ? PostgresTools.Reason(output) : string.Join("; ", log.Split('\n').Select(line => line[(line.IndexOf(']', StringComparison.Ordinal) + 1)..].Trim()));
    }

    /// <summary>The last processes of a killed server go away by themselves; other obstacles hardly do.</summary>
    private static TimeSpan PatienceFor(string reason) =>
        reason.Contains("still in use", StringComparison.Ordinal) || reason.Contains("lock file", StringComparison.Ordinal) ? Patience : Patience / 10;

    /// <summary>pg_ctl makes the postmaster the leader of a session of its own, so Ctrl+C reaches Patron only, which then stops it.</summary>
    private string[] StartArguments() =>
        ["-w", "-t", "60", "-s", "-l", LogFile, "-o", PrivatePostgresSettings.ForCommandLine(socketFolder, durable), "start"];

    private string PrivateConnection(string database)
    {
        var connection = ConnectionTo(database);
        connection.Pooling = false;
        connection.Timeout = 5;
        return connection.ConnectionString;
    }

    private NpgsqlConnectionStringBuilder ConnectionTo(string database) =>
        new() { Host = socketFolder, Port = 5432, Username = "patron", Database = database };

    private enum Answer
    {
        None,
        Ready,
        DatabaseMissing,
        Recovering,
        Leaving,
    }
}
