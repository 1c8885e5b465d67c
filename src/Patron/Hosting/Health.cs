using System.Reflection;
using Npgsql;
using Patron.Linking;
using Patron.Odoo.Client;
using Patron.Shared;
using Patron.Shared.Database;
using Patron.Shared.Mail;

namespace Patron.Hosting;

/// <summary>State of the process and of what it depends on: <c>ok</c>, <c>degraded</c> (work waits) or <c>away</c>.</summary>
public sealed record HealthAnswer(string Status, string Version, string Role, IReadOnlyDictionary<string, string> Checks)
{
    /// <summary>The last run of the sync that ended; null where there was none, or is no Odoo.</summary>
    public LastSyncAnswer? LastSync { get; init; }
}

/// <summary>How a run of the sync ended, and when.</summary>
public sealed record LastSyncAnswer(long Run, string State, DateTimeOffset FinishedAt);

/// <summary>The probes. Ready is 200 with the mail or Odoo away (degraded), 503 without the database or before the start is done.</summary>
public sealed class Health(NpgsqlDataSource source, StartSignal start, PatronSettings settings, OdooReach? odoo = null)
{
    private const string Ok = "ok";
    private const string Degraded = "degraded";
    public const string Away = "away";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static string Version { get; } = typeof(Health).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    public async Task<HealthAnswer> CheckAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        var checks = new Dictionary<string, string>(StringComparer.Ordinal);
        LastSyncAnswer? lastSync = null;
        try
        {
            await using (var command = source.CreateCommand("SELECT 1"))
            {
                await command.ExecuteScalarAsync(limit.Token);
            }

            checks["database"] = Ok;
            checks["mail"] = start.IsDone && await MailIsStuckAsync(limit.Token) ? Degraded : Ok;
            lastSync = odoo is not null && start.IsDone ? await LastSyncAsync(limit.Token) : null;
        }
        catch (Exception exception) when (DatabaseFailure.IsAway(exception) || exception is OperationCanceledException)
        {
            checks["database"] = Away;
        }

        if (odoo is not null)
        {
            checks["odoo"] = await odoo.AnswersAsync(cancellation) ? Ok : Degraded;
            checks["sync"] = lastSync is { State: "failed" } ? Degraded : Ok;
        }

        if (!start.IsDone)
        {
            checks["start"] = Away; // Migrations or, in role customers, the first key set are still to come.
        }

        if (settings is { Role: ProcessRole.All, Portal.Activation.Mode: ActivationMode.Trusting })
        {
            checks["activation"] = "trusting"; // Whoever types a customer's address first owns their account: nobody shall overlook it.
        }

        var status = checks.ContainsValue(Away) ? Away : checks.ContainsValue(Degraded) ? Degraded : Ok;
        return new HealthAnswer(status, Version, settings.Role.ToString().ToLowerInvariant(), checks) { LastSync = lastSync };
    }

    private async Task<LastSyncAnswer?> LastSyncAsync(CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("SELECT id, state, finished_at FROM customers.sync_runs WHERE finished_at IS NOT NULL ORDER BY id DESC LIMIT 1");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new LastSyncAnswer(reader.GetInt64(0), reader.GetString(1), await reader.GetFieldValueAsync<DateTimeOffset>(2, cancellation))
            : null;
    }

    // Mail is away when a message has failed more than once and still waits.
    private async Task<bool> MailIsStuckAsync(CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(
            "SELECT EXISTS (SELECT FROM shared.outbox_messages WHERE kind = $1 AND dead_at IS NULL AND attempts > 1)");
        command.Parameters.AddWithValue(OutgoingMail.OutboxKind);
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
