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
/// State of the process and of what it depends on: <c>ok</c>, <c>degraded</c> (work waits), <c>read_only</c> or <c>away</c>. A background service
/// whose rounds keep failing is named among the checks.
/// </summary>
public sealed record HealthAnswer(string Status, string Version, string Role, IReadOnlyDictionary<string, string> Checks)
{
    /// <summary>The last run of the sync that ended; null where there was none, or is no ERP.</summary>
    public LastSyncAnswer? LastSync { get; init; }
}

/// <summary>How a run of the sync ended, and when.</summary>
public sealed record LastSyncAnswer(long Run, string State, DateTimeOffset FinishedAt);

/// <summary>
/// The probes. Ready is 200 with the mail or the ERP away (degraded); 503 without the database, where it takes no writes, or before the start is
/// done. They answer within two and a half seconds, whatever the database and the ERP do.
/// </summary>
public sealed class Health(DatabasePools pools, StartSignal start, BackgroundLoop background, PatronSettings settings, ErpReach? erp = null)
{
    private const string Ok = "ok";
    private const string Degraded = "degraded";
    private const string ReadOnly = "read_only";
    public const string Away = "away";

    // A second less than what is promised, so that a busy machine answers in time too.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    // The only statement where the tables may still be missing.
    private const string WritableSql = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::bool";

    // Mail is away when a message has failed more than once and still waits. One that its recipient's server refuses says nothing of others.
    private const string MailIsStuckSql = """
        SELECT EXISTS (SELECT FROM shared.outbox_messages WHERE kind = $1 AND dead_at IS NULL AND refused_at IS NULL AND attempts > 1)
        """;

    private const string LastSyncSql = "SELECT id, state, finished_at FROM erp.runs WHERE finished_at IS NOT NULL ORDER BY id DESC LIMIT 1";

    public static string Version { get; } = typeof(Health).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>Whether requests can be served with this state.</summary>
    public static bool IsReady(HealthAnswer answer) => answer.Status != Away;

    public async Task<HealthAnswer> CheckAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        var asking = AskErpAsync(limit.Token);
        var database = await AskDatabaseAsync(limit.Token);
        var checks = new Dictionary<string, string>(StringComparer.Ordinal) { ["database"] = database.State };
        if (database.State == Ok)
        {
            checks["mail"] = database.IsMailStuck ? Degraded : Ok;
        }

        if (erp is not null)
        {
            checks[settings.Erp.IsCsv ? "erp" : "odoo"] = await asking ? Ok : Degraded;
            checks["sync"] = database.LastSync is { State: "failed" } ? Degraded : Ok;
        }

        foreach (var service in background.Failing)
        {
            checks[service] = Degraded;
        }

        if (!start.IsDone)
        {
            checks["start"] = Away; // Migrations or, in role customers, the first key set are still to come.
        }

        if (settings is { Role: ProcessRole.All, Portal.Activation.Mode: ActivationMode.Trusting })
        {
            checks["activation"] = "trusting"; // Whoever types a customer's address first owns their account: nobody shall overlook it.
        }

        var status = checks.ContainsValue(Away) || checks.ContainsValue(ReadOnly) ? Away : checks.ContainsValue(Degraded) ? Degraded : Ok;
        return new HealthAnswer(status, Version, settings.Role.ToString().ToLowerInvariant(), checks) { LastSync = database.LastSync };
    }

    private async Task<DatabaseState> AskDatabaseAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Not only cancelled but left: a server that hangs in the middle of a handshake must not hold the probe.
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

        return start.IsDone
            ? new DatabaseState(Ok, await IsMailStuckAsync(connection, cancellationToken), erp is null ? null : await LastSyncAsync(connection, cancellationToken))
            : new DatabaseState(Ok);
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
            ? new LastSyncAnswer(reader.GetInt64(0), reader.GetString(1), await reader.GetFieldValueAsync<DateTimeOffset>(2, cancellationToken))
            : null;
    }

    private async Task<bool> AskErpAsync(CancellationToken cancellationToken)
    {
        try
        {
            return erp is not null && await erp.AnswersAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private sealed record DatabaseState(string State, bool IsMailStuck = false, LastSyncAnswer? LastSync = null);
}
