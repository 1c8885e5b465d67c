using Microsoft.Extensions.Logging;
using Npgsql;

namespace Patron.Shared.Database;

/// <summary>
/// A process's connections to PostgreSQL, in three pools, so that one kind of work cannot starve another: of <c>Maximum Pool Size</c> requests
/// have three quarters and background services one; probes have two of their own, which give up after two seconds. Whoever sets one of the
/// defaults in the connection string is not overruled.
/// </summary>
public sealed class DatabasePools : IAsyncDisposable
{
    private const int DefaultSize = 16;
    private const int LeastBackgroundSize = 2;
    private const int ProbeSeconds = 2;
    private readonly NpgsqlConnectionStringBuilder settings;
    private readonly TimeSpan? lockTimeout;
    private readonly ILoggerFactory logs;

    /// <param name="lockTimeout">How long a statement waits for somebody else's lock; null waits without a limit, as commands do.</param>
    public DatabasePools(string connectionString, TimeSpan? lockTimeout, ILoggerFactory logs)
    {
        this.lockTimeout = lockTimeout;
        this.logs = logs;
        settings = WithDefaults(connectionString);
        var background = Math.Max(settings.MaxPoolSize / 4, LeastBackgroundSize);
        Requests = Build("patron", pool => pool.MaxPoolSize = Math.Max(settings.MaxPoolSize - background, 1));
        Background = Build("patron background", pool => pool.MaxPoolSize = background);
        Probes = Build("patron probes", pool => (pool.MaxPoolSize, pool.Timeout, pool.CommandTimeout) = (2, ProbeSeconds, ProbeSeconds));
    }

    /// <summary>For requests, and for commands.</summary>
    public NpgsqlDataSource Requests { get; }

    /// <summary>For background services: see <see cref="DatabaseSession.UseBackgroundPool"/>.</summary>
    public NpgsqlDataSource Background { get; }

    public NpgsqlDataSource Probes { get; }

    /// <summary>
    /// A connection outside of the pools, which waits for locks without a limit: for migrations, for locks of the session, which end with it, and
    /// for what is read in the middle of somebody's transaction.
    /// </summary>
    public async Task<NpgsqlConnection> OpenAloneAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Pooling = false }.ConnectionString);
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

    public async ValueTask DisposeAsync()
    {
        await Requests.DisposeAsync();
        await Background.DisposeAsync();
        await Probes.DisposeAsync();
    }

    // A request holds one connection at a time, so a small pool serves many and keeps the tail short; statements used twice are prepared by
    // themselves. What a session is set to is the same for all of its life, so nothing is reset between two requests: that cost PostgreSQL
    // a third of a read.
    private static NpgsqlConnectionStringBuilder WithDefaults(string connectionString)
    {
        var given = new NpgsqlConnectionStringBuilder(connectionString);
        TryAdd(given, "Maximum Pool Size", DefaultSize);
        TryAdd(given, "Max Auto Prepare", 64);
        TryAdd(given, "Auto Prepare Min Usages", 2);
        TryAdd(given, "No Reset On Close", true);
        TryAdd(given, "Application Name", "patron");
        // The driver would try Kerberos encryption first, which costs a round trip and breaks behind some proxies (npgsql issue 6524).
        TryAdd(given, "GSS Encryption Mode", "Disable");
        // A cancelled command breaks its connection. To ask the server politely would wait for another connection to a server that may hang,
        // and PostgreSQL answers a cancelled wait for a synchronous standby with success.
        TryAdd(given, "Cancellation Timeout", -1);
        // The details of a refused row hold people's addresses, and exceptions travel into traces and logs: this one is overruled.
        given.IncludeErrorDetail = false;
        return given;
    }

    private static void TryAdd(NpgsqlConnectionStringBuilder builder, string key, object value)
    {
        if (!builder.ShouldSerialize(key))
        {
            builder[key] = value;
        }
    }

    private NpgsqlDataSource Build(string name, Action<NpgsqlConnectionStringBuilder> limit)
    {
        var pool = new NpgsqlConnectionStringBuilder(settings.ConnectionString);
        limit(pool);
        pool.MinPoolSize = Math.Min(pool.MinPoolSize, pool.MaxPoolSize);
        var builder = new NpgsqlDataSourceBuilder(pool.ConnectionString) { Name = name };
        if (lockTimeout is { } limited)
        {
            var sql = $"SET lock_timeout = {(long)limited.TotalMilliseconds}";
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
