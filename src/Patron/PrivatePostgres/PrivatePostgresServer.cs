using System.Diagnostics;
using Npgsql;

namespace Patron.PrivatePostgres;

/// <summary>
/// A private PostgreSQL server, used when no other one is configured. It listens on a socket that only its user can open, is shared by all
/// Patron processes of the same data folder, is found again after a crash and is stopped by the last process that uses it.
/// </summary>
public sealed class PrivatePostgresServer : IAsyncDisposable
{
    internal const string LogFile = "server.log";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private readonly string dataFolder;
    private readonly PrivatePostgresOptions options;
    private readonly ILogger logger;
    private readonly PostgresCluster cluster;
    private readonly string socketFolder;
    private FileStream? usageLock;

    private PrivatePostgresServer(string dataFolder, PrivatePostgresOptions options, ILogger logger, PostgresCluster cluster)
    {
        this.dataFolder = dataFolder;
        this.options = options;
        this.logger = logger;
        this.cluster = cluster;
        socketFolder = cluster.Postmaster.SocketFolder();
        ConnectionString = ConnectionTo("patron").ConnectionString;
        usageLock = FolderLock.AcquireUsageLock(dataFolder);
    }

    /// <summary>Host, port, user and database. Pool settings are left to the caller.</summary>
    public string ConnectionString { get; }

    /// <summary>The PostgreSQL programs of the server's version, for clients that this process runs.</summary>
    internal PostgresTools Clients => cluster.Tools.AsCurrentUser();

    /// <summary>
    /// Starts the server or attaches to the running one. Creates the folder, the cluster and the database if they are missing.
    /// </summary>
    /// <exception cref="PrivatePostgresException">The server cannot be started.</exception>
    public static async Task<PrivatePostgresServer> StartAsync(
        PrivatePostgresOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.DataFolder));
        PostgresCluster.CreateDataFolder(folder);
        using var startLock = await FolderLock.AcquireStartLockAsync(folder, cancellationToken);
        var opened = await PostgresCluster.OpenAsync(folder, options, logger, cancellationToken);
        var isOnlyUser = IsUnused(folder);
        var server = new PrivatePostgresServer(folder, options, logger, opened);
        try
        {
            if (await server.ConnectOrStartAsync(isOnlyUser, cancellationToken))
                PrivatePostgresLog.LogStarted(logger, opened.Tools.Version, opened.Folder);
            else
                PrivatePostgresLog.LogAttached(logger, opened.Folder);
            return server;
        }
        catch
        {
            await server.ReleaseAsync();
            throw;
        }
    }

    /// <summary>Returns when the server accepts connections; restarts it if it has died.</summary>
    public async Task EnsureRunningAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(usageLock is null, this);
        using var startLock = await FolderLock.AcquireStartLockAsync(dataFolder, cancellationToken);
        await ConnectOrStartAsync(isOnlyUser: false, cancellationToken);
    }

    /// <summary>Stops the server if no other process uses it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (usageLock is null)
            return;

        using var startLock = await FolderLock.AcquireStartLockAsync(dataFolder, CancellationToken.None);
        await ReleaseAsync();
    }

    // Returns whether the server had to be started. Only a connection proves that it is running: `pg_ctl status` trusts a stale pid file.
    private async Task<bool> ConnectOrStartAsync(bool isOnlyUser, CancellationToken cancellationToken)
    {
        var started = false;
        var unresponsive = Stopwatch.StartNew();
        while (true)
        {
            switch (await ProbeAsync(cancellationToken))
            {
                case ServerState.Ready:
                    return started;
                case ServerState.DatabaseMissing:
                    await CreateDatabaseAsync(cancellationToken);
                    return started;
                case ServerState.Recovering:
                    // The server is running, and recovery can take any time.
                    unresponsive.Restart();
                    break;
                case ServerState.ShuttingDown:
                    // A smart shutdown waits until all clients have disconnected, and we are the clients.
                    await StopAsync(cancellationToken);
                    break;
                default:
                    if (cluster.Postmaster.IsFalselyRunning(isOnlyUser))
                        await cluster.Postmaster.InvalidatePidAsync(cluster.Tools, cancellationToken);
                    var start = await cluster.Tools.RunAsync("pg_ctl", cluster.Folder, StartArguments(), cancellationToken);
                    started |= start.Succeeded;
                    if (!start.Succeeded)
                        await ThrowIfHopelessAsync(start.Output, unresponsive.Elapsed, cancellationToken);
                    break;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }
    }

    // pg_ctl waits for a minute, but the recovery after a crash or of a backup can take longer.
    private async Task ThrowIfHopelessAsync(string output, TimeSpan elapsed, CancellationToken cancellationToken)
    {
        if (await ProbeAsync(cancellationToken) is ServerState.Recovering or ServerState.Ready)
            return;

        var reason = await ReadFailureReasonAsync(output, cancellationToken);
        if (elapsed > TimeoutFor(reason))
            throw Failure("does not start", $"{reason} (its log is {LogFile} there)");
    }

    private async Task<ServerState> ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(PrivateConnection("patron"));
            await connection.OpenAsync(cancellationToken);
            return ServerState.Ready;
        }
        catch (PostgresException exception)
        {
            return exception.SqlState switch
            {
                PostgresErrorCodes.InvalidCatalogName => ServerState.DatabaseMissing,
                PostgresErrorCodes.CannotConnectNow when exception.MessageText.Contains("shutting down", StringComparison.Ordinal) =>
                    ServerState.ShuttingDown,
                PostgresErrorCodes.CannotConnectNow => ServerState.Recovering,
                PostgresErrorCodes.TooManyConnections => ServerState.Ready,
                _ => throw Failure("refuses connections", exception.MessageText, exception),
            };
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            return ServerState.Unreachable;
        }
    }

    private async Task CreateDatabaseAsync(CancellationToken cancellationToken)
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

    private async Task ReleaseAsync()
    {
        usageLock?.Dispose();
        usageLock = null;
        if (!IsUnused(dataFolder))
            PrivatePostgresLog.LogStillInUse(logger, cluster.Folder);
        else if (await StopAsync(CancellationToken.None))
            PrivatePostgresLog.LogStopped(logger, cluster.Folder);
    }

    private static bool IsUnused(string dataFolder)
    {
        using var exclusiveLock = FolderLock.TryAcquireExclusively(dataFolder);
        return exclusiveLock is not null;
    }

    private async Task<bool> StopAsync(CancellationToken cancellationToken)
    {
        // Checked first: with a stale pid file, pg_ctl would signal an unrelated process.
        if (cluster.Postmaster.FindProcess() is null)
            return false;

        var stop = await cluster.Tools.RunAsync("pg_ctl", cluster.Folder, ["-m", "fast", "-w", "-t", "60", "stop"], cancellationToken);
        if (!stop.Succeeded)
            PrivatePostgresLog.LogStopFailed(logger, cluster.Folder, stop.Output);
        return stop.Succeeded;
    }

    private async Task<string> ReadFailureReasonAsync(string output, CancellationToken cancellationToken)
    {
        var log = await cluster.Tools.TailAsync(Path.Combine(cluster.Folder, LogFile), cancellationToken);
        return PostgresTools.FindReason(log) ?? PostgresTools.FindReason(output) ?? output;
    }

    // The remaining processes of a killed server end by themselves after a while. Other errors are usually permanent.
    private static TimeSpan TimeoutFor(string reason) =>
        reason.Contains("still in use", StringComparison.Ordinal) || reason.Contains("already exists", StringComparison.Ordinal)
            ? StartTimeout
            : StartTimeout / 10;

    private PrivatePostgresException Failure(string what, string reason, Exception? cause = null) =>
        new($"The private PostgreSQL in '{cluster.Folder}' {what}: {reason}.", cause);

    // pg_ctl starts the postmaster in a session of its own, so that Ctrl+C reaches only Patron, which then stops the server.
    private string[] StartArguments() =>
        ["-w", "-t", "60", "-s", "-l", LogFile, "-o", PrivatePostgresSettings.ForCommandLine(socketFolder, options), "start"];

    private string PrivateConnection(string database)
    {
        var connection = ConnectionTo(database);
        connection.Pooling = false;
        connection.Timeout = 5;
        return connection.ConnectionString;
    }

    private NpgsqlConnectionStringBuilder ConnectionTo(string database) =>
        new() { Host = socketFolder, Port = 5432, Username = "patron", Database = database };

    private enum ServerState
    {
        Unreachable,
        Ready,
        DatabaseMissing,
        Recovering,
        ShuttingDown,
    }
}
