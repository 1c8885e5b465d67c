using Microsoft.Extensions.Logging;
using Npgsql;

namespace Patron.Shared.Database;

/// <summary>
/// The connection pools of a process. There are three, so that one kind of work cannot starve another: requests get three quarters of
/// <c>Maximum Pool Size</c>, background services one quarter, and probes two extra connections with a timeout of two seconds. Replicas, if
/// there are any, have a fourth. Values in the connection string override our defaults.
/// </summary>
public sealed class DatabasePools : IAsyncDisposable
{
    internal const int ProbeSeconds = 2;
    private const int DefaultSize = 16;
    private const int MinBackgroundSize = 2;
    private readonly NpgsqlConnectionStringBuilder settings;
    private readonly TimeSpan? lockTimeout;
    private readonly ILoggerFactory logs;

    /// <param name="lockTimeout">How long a statement waits for a lock; null waits without a limit, as commands do.</param>
    /// <param name="reads">The connection string of the replicas (<see cref="ReadOptions.Combine"/>); null without any.</param>
    public DatabasePools(string connectionString, TimeSpan? lockTimeout, ILoggerFactory logs, string? reads = null)
    {
        this.lockTimeout = lockTimeout;
        this.logs = logs;
        settings = WithDefaults(connectionString);
        var background = Math.Max(settings.MaxPoolSize / 4, MinBackgroundSize);
        Requests = Build(settings, "patron", pool => pool.MaxPoolSize = Math.Max(settings.MaxPoolSize - background, 1));
        Background = Build(settings, "patron background", pool => pool.MaxPoolSize = background);
        Probes = Build(
            settings, "patron probes", pool => (pool.MaxPoolSize, pool.Timeout, pool.CommandTimeout) = (2, ProbeSeconds, ProbeSeconds));
        // The primary is asked where a replica does not answer, so that nobody waits long for one.
        Reads = reads is null
            ? null
            : Build(ReadOptions.Combine(settings, reads), "patron reads", pool => pool.Timeout = Math.Min(pool.Timeout, ProbeSeconds));
    }

    /// <summary>For requests and commands.</summary>
    public NpgsqlDataSource Requests { get; }

    /// <summary>For background services: see <see cref="DatabaseSession.UseBackgroundPool"/>.</summary>
    public NpgsqlDataSource Background { get; }

    public NpgsqlDataSource Probes { get; }

    /// <summary>For reads from replicas: see <see cref="ReplicaQueries"/>. Null without any.</summary>
    public NpgsqlDataSource? Reads { get; }

    /// <summary>
    /// A connection outside of the pools that waits for locks without a limit: for migrations and for reads that must not be part of the
    /// current transaction.
    /// </summary>
    public async Task<NpgsqlConnection> OpenAloneAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Pooling = false }.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Closes the pooled connections; those in use are closed when they are returned. After a failover they can lead to a server that accepts
    /// no writes, or did not until a moment ago.
    /// </summary>
    public void Clear()
    {
        Requests.Clear();
        Background.Clear();
        Probes.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await Requests.DisposeAsync();
        await Background.DisposeAsync();
        await Probes.DisposeAsync();
        if (Reads is not null)
        {
            await Reads.DisposeAsync();
        }
    }

    // A request holds one connection at a time, so a small pool is enough and keeps latencies low. Statements are prepared at their second
    // use. Session settings never change, so connections are not reset between requests; a reset costs a third of the time of a read.
    private static NpgsqlConnectionStringBuilder WithDefaults(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        TryAdd(builder, "Maximum Pool Size", DefaultSize);
        TryAdd(builder, "Max Auto Prepare", 64);
        TryAdd(builder, "Auto Prepare Min Usages", 2);
        TryAdd(builder, "No Reset On Close", true);
        TryAdd(builder, "Application Name", "patron");
        // By default the driver tries Kerberos encryption first, which costs a round trip and breaks behind some proxies (npgsql issue
        // 6524).
        TryAdd(builder, "GSS Encryption Mode", "Disable");
        // Cancelling a command breaks its connection instead of sending a cancel request: that would need another connection to a server
        // that may hang, and PostgreSQL reports success when a wait for a synchronous standby is cancelled.
        TryAdd(builder, "Cancellation Timeout", -1);
        // Always off, whatever the connection string says: error details contain email addresses, and exceptions reach traces and logs.
        builder.IncludeErrorDetail = false;
        return builder;
    }

    private static void TryAdd(NpgsqlConnectionStringBuilder builder, string key, object value)
    {
        if (!builder.ShouldSerialize(key))
        {
            builder[key] = value;
        }
    }

    private NpgsqlDataSource Build(
        NpgsqlConnectionStringBuilder source, string name, Action<NpgsqlConnectionStringBuilder> configure)
    {
        var pool = new NpgsqlConnectionStringBuilder(source.ConnectionString);
        configure(pool);
        pool.MinPoolSize = Math.Min(pool.MinPoolSize, pool.MaxPoolSize);
        var builder = new NpgsqlDataSourceBuilder(pool.ConnectionString) { Name = name };
        if (lockTimeout is { } timeout)
        {
            var sql = $"SET lock_timeout = {(long)timeout.TotalMilliseconds}";
            builder.UsePhysicalConnectionInitializer(connection => Set(connection, sql), connection => SetAsync(connection, sql));
        }

        return builder.UseLoggerFactory(logs).Build();
    }

    private static void Set(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private static async Task SetAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
