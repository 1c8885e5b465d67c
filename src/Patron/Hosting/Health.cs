using System.Reflection;
using Npgsql;
using Patron.Linking;
using Patron.Erp;
using Patron.Shared;
using Patron.Shared.Background;
using Patron.Shared.Database;
using Patron.Shared.Mail;

namespace Patron.Hosting;

/// <summary>
/// The state of the process and of its dependencies: <c>ok</c>, <c>degraded</c> (work waits), <c>read_only</c> or <c>away</c>. The checks
/// include background services that keep failing.
/// </summary>
public sealed record HealthAnswer(string Status, string Version, string Role, IReadOnlyDictionary<string, string> Checks)
{
    /// <summary>The last finished sync run; null if there was none or no ERP is configured.</summary>
    public LastSyncAnswer? LastSync { get; init; }
}

/// <summary>The outcome of a sync run.</summary>
public sealed record LastSyncAnswer(long Run, string State, DateTimeOffset FinishedAt);

/// <summary>
/// The health checks. Readiness is 200 when mail, ERP or replicas are unavailable (degraded), and 503 when the database is unavailable or
/// read-only, or before the start is complete. A check takes at most 2.5 seconds, whatever the database and the ERP do.
/// </summary>
public sealed class Health(
    DatabasePools pools, ReplicaPositions replicas, StartSignal start, BackgroundLoop background, PatronSettings settings,
    ErpAvailability? erp = null)
{
    private const string Ok = "ok";
    private const string Degraded = "degraded";
    private const string ReadOnly = "read_only";
    public const string Away = "away";

    // One second less than the documented limit, so that a busy machine answers in time.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1.5);

    // This statement runs before the tables exist; the others do not.
    private const string WritableSql = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::bool";

    // Mail is degraded when a message has failed more than once and still waits. Messages refused by the recipient's server do not count.
    private const string MailIsStuckSql = """
        SELECT EXISTS (SELECT FROM shared.outbox_messages WHERE kind = $1 AND dead_at IS NULL AND refused_at IS NULL AND attempts > 1)
        """;

    private const string LastSyncSql = "SELECT id, state, finished_at FROM erp.runs WHERE finished_at IS NOT NULL ORDER BY id DESC LIMIT 1";

    public static string Version { get; } = typeof(
        Health).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>Whether requests can be served in this state.</summary>
    public static bool IsReady(HealthAnswer answer) => answer.Status != Away;

    public async Task<HealthAnswer> CheckAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        var erpCheck = CheckErpAsync(limit.Token);
        var database = await CheckDatabaseAsync(limit.Token);
        var checks = new Dictionary<string, string>(StringComparer.Ordinal) { ["database"] = database.State };
        if (database.State == Ok)
        {
            checks["mail"] = database.IsMailStuck ? Degraded : Ok;
        }

        if (replicas.AreConfigured)
        {
            checks["reads"] = replicas.State == ReplicaState.Usable ? Ok : Degraded;
        }

        if (erp is not null)
        {
            checks[settings.Odoo.IsConfigured ? "odoo" : "erp"] = await erpCheck ? Ok : Degraded;
            checks["sync"] = database.LastSync is { State: "failed" } ? Degraded : Ok;
        }

        foreach (var service in background.Failing)
        {
            checks[service] = Degraded;
        }

        if (!start.IsCompleted)
        {
            checks["start"] = Away; // Migrations or, in the role customers, the first key set are pending.
        }

        if (settings is { Role: ProcessRole.All, Portal.Activation.Mode: ActivationMode.Trusting })
        {
            // Shown because in this mode anyone can activate the account of a customer whose address they know.
            checks["activation"] = "trusting";
        }

        var role = settings.Role.ToString().ToLowerInvariant();
        return new HealthAnswer(Worst(checks.Values), Version, role, checks) { LastSync = database.LastSync };
    }

    private static string Worst(IReadOnlyCollection<string> checks)
    {
        if (checks.Contains(Away) || checks.Contains(ReadOnly))
        {
            return Away;
        }

        return checks.Contains(Degraded) ? Degraded : Ok;
    }

    private async Task<DatabaseState> CheckDatabaseAsync(CancellationToken cancellationToken)
    {
        try
        {
            // WaitAsync, because cancellation does not end a connection attempt to a server that hangs during the handshake.
            return await ReadDatabaseAsync(cancellationToken).WaitAsync(cancellationToken);
        }
        catch (Exception exception) when (DatabaseFailure.IsTemporary(exception) || exception is OperationCanceledException)
        {
            return new DatabaseState(Away);
        }
    }

    private async Task<DatabaseState> ReadDatabaseAsync(CancellationToken cancellationToken)
    {
        await using var connection = await pools.Probes.OpenConnectionAsync(cancellationToken);
        await using (var command = new NpgsqlCommand(WritableSql, connection))
        {
            if (await command.ExecuteScalarAsync(cancellationToken) is true)
            {
                return new DatabaseState(ReadOnly);
            }
        }

        if (!start.IsCompleted)
        {
            return new DatabaseState(Ok);
        }

        var isMailStuck = await IsMailStuckAsync(connection, cancellationToken);
        return new DatabaseState(Ok, isMailStuck, erp is null ? null : await LastSyncAsync(connection, cancellationToken));
    }

    private static async Task<bool> IsMailStuckAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(MailIsStuckSql, connection);
        command.Parameters.AddWithValue(OutgoingMail.OutboxKind);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task<LastSyncAnswer?> LastSyncAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(LastSyncSql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new LastSyncAnswer(
                reader.GetInt64(0), reader.GetString(1), await reader.GetFieldValueAsync<DateTimeOffset>(2, cancellationToken))
            : null;
    }

    private async Task<bool> CheckErpAsync(CancellationToken cancellationToken)
    {
        try
        {
            return erp is not null && await erp.IsAvailableAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private sealed record DatabaseState(string State, bool IsMailStuck = false, LastSyncAnswer? LastSync = null);
}
