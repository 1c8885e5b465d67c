using System.Reflection;
using Patron.Linking;
using Patron.Erp;
using Patron.Shared;
using Patron.Shared.Background;
using Patron.Shared.Database;

namespace Patron.Hosting;

/// <summary>
/// The state of the process and of its dependencies: <c>ok</c>, <c>degraded</c> (work waits), <c>read_only</c> or <c>away</c>. The checks
/// include background services that keep failing.
/// </summary>
public sealed record HealthAnswer(string Status, string Version, string Role, IReadOnlyDictionary<string, string> Checks)
{
    /// <summary>The last finished sync run; null if there was none or no ERP is configured.</summary>
    public LastSyncAnswer? LastSync { get; init; }

    /// <summary>The scheduled backups; null if there are none.</summary>
    public BackupAnswer? Backup { get; init; }
}

/// <summary>
/// The last backup and its last proof, and how many seconds of changes have not reached the backup folder; each is null if there is none.
/// </summary>
public sealed record BackupAnswer(DateTimeOffset? TakenAt, double? WalDelay, DateTimeOffset? ProvedAt, bool? IsProved);

/// <summary>The outcome of a sync run.</summary>
public sealed record LastSyncAnswer(long Run, string State, DateTimeOffset FinishedAt);

/// <summary>
/// The health checks. Readiness is 200 when mail, ERP or replicas are unavailable (degraded), and 503 when the database is unavailable or
/// read-only, or before the start is complete. A check takes at most 2.5 seconds, whatever the database and the ERP do.
/// </summary>
internal sealed class Health(
    DatabaseHealth databaseHealth, ReplicaPositions replicas, StartSignal start, BackgroundLoop background, PatronSettings settings,
    ErpAvailability? erp = null)
{
    internal const string Ok = "ok";
    internal const string ReadOnly = "read_only";
    public const string Away = "away";
    private const string Degraded = "degraded";

    // One second less than the documented limit, so that a busy machine answers in time.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1.5);

    public static string Version { get; } = typeof(
        Health).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>Whether requests can be served in this state.</summary>
    public static bool IsReady(HealthAnswer answer) => answer.Status != Away;

    public async Task<HealthAnswer> CheckAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        var erpCheck = CheckErpAsync(limit.Token);
        var database = await databaseHealth.CheckAsync(limit.Token);
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

        if (database.Backup is { } backup)
        {
            checks["backup"] = backup.IsGood ? Ok : Degraded;
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
        return new HealthAnswer(Worst(checks.Values), Version, role, checks)
        {
            LastSync = database.LastSync,
            Backup = database.Backup is { } state
                ? new BackupAnswer(state.Newest?.Manifest.TakenAt, state.WalDelay?.TotalSeconds, state.Proof?.At, state.Proof?.Succeeded)
                : null,
        };
    }

    private static string Worst(IReadOnlyCollection<string> checks)
    {
        if (checks.Contains(Away) || checks.Contains(ReadOnly))
        {
            return Away;
        }

        return checks.Contains(Degraded) ? Degraded : Ok;
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
}
