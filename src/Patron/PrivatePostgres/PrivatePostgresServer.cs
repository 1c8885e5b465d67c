using System.Diagnostics;
using Npgsql;

namespace Patron.PrivatePostgres;

/// <summary>
/// A PostgreSQL of Patron's own, for those who have not set up one: on a socket that only its user can open, shared by every Patron process
/// on the same data folder, found again after a crash, stopped by the last one out.
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
        var alone = IsAlone(folder);
        var server = new PrivatePostgresServer(folder, options.Durable, logger, found);
        try
        {
            if (await server.ConnectOrStartAsync(alone, cancellationToken))
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
        await ConnectOrStartAsync(alone: false, cancellationToken);
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
    private async Task<bool> ConnectOrStartAsync(bool alone, CancellationToken cancellationToken)
    {
        var started = false;
        var silence = Stopwatch.StartNew();
        while (true)
        {
            switch (await AskAsync(cancellationToken))
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
                    if (cluster.Postmaster.OnlySeemsAlive(alone))
                        await cluster.Postmaster.DisownAsync(cluster.Tools, cancellationToken);
                    var start = await cluster.Tools.RunAsync("pg_ctl", cluster.Folder, StartArguments(), cancellationToken);
                    started |= start.Succeeded;
                    if (!start.Succeeded && await WhyNotAsync(start.Output, cancellationToken) is var reason && silence.Elapsed > PatienceFor(reason))
                        throw Failure("does not start", $"{reason} (its log is {LogFile} there)");
                    break;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }
    }

    private async Task<Answer> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(PrivateConnection("patron"));
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
                _ => throw Failure("refuses connections", answer.MessageText, answer),
            };
        }
        catch (Exception away) when (away is NpgsqlException or TimeoutException)
        {
            return Answer.None;
        }
    }

    private async Task MakeDatabaseAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(PrivateConnection("postgres"));
            await connection.OpenAsync(cancellationToken);
            await using var command = new NpgsqlCommand("CREATE DATABASE patron", connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (NpgsqlException refused)
        {
            throw Failure("cannot make Patron's database", refused.Message, refused);
        }
    }

    private async Task LeaveAsync()
    {
        use?.Dispose();
        use = null;
        if (!IsAlone(dataFolder))
            PrivatePostgresLog.LeftRunning(logger, cluster.Folder);
        else if (await StopAsync(CancellationToken.None))
            PrivatePostgresLog.Stopped(logger, cluster.Folder);
    }

    private static bool IsAlone(string dataFolder)
    {
        using var exclusive = FolderLock.TryBeAlone(dataFolder);
        return exclusive is not null;
    }

    private async Task<bool> StopAsync(CancellationToken cancellationToken)
    {
        // pg_ctl would signal whoever has the number in a stale pid file.
        if (cluster.Postmaster.FindProcess() is null)
            return false;

        var stop = await cluster.Tools.RunAsync("pg_ctl", cluster.Folder, ["-m", "fast", "-w", "-t", "60", "stop"], cancellationToken);
        if (!stop.Succeeded)
            PrivatePostgresLog.NotStopped(logger, cluster.Folder, stop.Output);
        return stop.Succeeded;
    }

    private async Task<string> WhyNotAsync(string output, CancellationToken cancellationToken)
    {
        var log = await cluster.Tools.TailAsync(Path.Combine(cluster.Folder, LogFile), cancellationToken);
        return PostgresTools.FindReason(log) ?? PostgresTools.FindReason(output) ?? output;
    }

    /// <summary>The last processes of a killed server go away by themselves; other obstacles hardly do.</summary>
    private static TimeSpan PatienceFor(string reason) =>
        reason.Contains("still in use", StringComparison.Ordinal) || reason.Contains("already exists", StringComparison.Ordinal)
            ? Patience
            : Patience / 10;

    private PrivatePostgresException Failure(string what, string reason, Exception? cause = null) =>
        new($"The private PostgreSQL in '{cluster.Folder}' {what}: {reason}.", cause);

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
