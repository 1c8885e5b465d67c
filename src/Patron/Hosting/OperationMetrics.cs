using System.Diagnostics.Metrics;
using Npgsql;
using Patron.Backups;
using Patron.Shared;
using Patron.Shared.Background;
using Patron.Shared.Database;

namespace Patron.Hosting;

/// <summary>
/// Metrics of the meter <c>Patron</c> for operators: whether the database is available, waiting and given-up messages, failing background
/// services, the age of the last successful sync, and the state of backups. Mails that a restore has parked do not count. One statement every fifteen seconds reads them, so a scrape costs nothing. While
/// nothing can be read, only the state of the database is reported.
/// </summary>
internal sealed class OperationMetrics : BackgroundService
{
    public const string MeterName = "Patron";

    private const string MessagesSql = """
        SELECT count(*) FILTER (WHERE dead_at IS NULL AND due_at < 'infinity'),
            count(*) FILTER (WHERE dead_at IS NOT NULL AND refused_at IS NULL),
            min(created_at) FILTER (WHERE dead_at IS NULL AND due_at < 'infinity')
        FROM shared.outbox_messages
        """;

    private const string LastSyncSql = "SELECT max(finished_at) FROM erp.runs WHERE state = 'succeeded'";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);

    private readonly Meter meter = new(MeterName);
    private readonly DatabasePools pools;
    private readonly BackgroundLoop loop;
    private readonly ProcessRole role;
    private readonly ReadBackupState backups;
    private readonly TimeProvider time;
    private volatile Reading? last;

    public OperationMetrics(
        DatabasePools pools, DatabaseOutage outage, BackgroundLoop loop, PatronSettings settings, ReadBackupState backups, TimeProvider time)
    {
        (this.pools, this.loop, role, this.backups, this.time) = (pools, loop, settings.Role, backups, time);
        meter.CreateObservableGauge(
            "patron.database.available", () => outage.IsOngoing ? 0 : 1, null, "0 while the database cannot be used, else 1.");
        meter.CreateObservableGauge(
            "patron.outbox.waiting", () => Observe(read => read.Waiting), "{message}", "Mails and other messages that are not sent yet.");
        meter.CreateObservableGauge(
            "patron.outbox.oldest", () => Observe(read => AgeOf(read.OldestWaiting) ?? 0), "s",
            "The age of the oldest of them; 0 without any.");
        meter.CreateObservableGauge(
            "patron.outbox.given_up", () => Observe(read => read.GivenUp), "{message}",
            "Messages that failed too often. They wait for staff.");
        meter.CreateObservableGauge(
            "patron.sync.age", () => Observe(read => AgeOf(read.LastSync)), "s", "The time since the last successful sync ended.");
        meter.CreateObservableGauge(
            "patron.backup.age", () => Observe(read => AgeOf(read.Backup?.Newest?.Manifest.TakenAt)), "s",
            "The time since the last backup was taken.");
        meter.CreateObservableGauge(
            "patron.backup.wal_delay", () => Observe(read => read.Backup?.WalDelay?.TotalSeconds), "s",
            "How much of the latest changes has not reached the backup folder.");
        meter.CreateObservableGauge("patron.services.failing", Failing, "{service}", "1 for each background service that keeps failing.");
    }

    public override void Dispose()
    {
        meter.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => loop.RunAsync("metrics", Interval, ReadAsync, stoppingToken);

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await pools.Background.OpenConnectionAsync(cancellationToken);
        long waiting, givenUp;
        DateTimeOffset? oldest;
        await using (var command = new NpgsqlCommand(MessagesSql, connection))
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            (waiting, givenUp) = (reader.GetInt64(0), reader.GetInt64(1));
            oldest = await reader.IsDBNullAsync(2, cancellationToken) ? null : reader.GetFieldValue<DateTimeOffset>(2);
        }

        DateTimeOffset? lastSync = null;
        if (role == ProcessRole.All)
        {
            await using var command = new NpgsqlCommand(LastSyncSql, connection);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            lastSync = await reader.ReadAsync(cancellationToken) && !await reader.IsDBNullAsync(0, cancellationToken)
                ? await reader.GetFieldValueAsync<DateTimeOffset>(0, cancellationToken)
                : null;
        }

        last = new Reading(time.GetUtcNow(), waiting, givenUp, oldest, lastSync, await backups.HandleAsync(connection, cancellationToken));
    }

    private double? AgeOf(DateTimeOffset? moment) => (time.GetUtcNow() - moment)?.TotalSeconds;

    private IEnumerable<Measurement<double>> Observe(Func<Reading, double?> value) =>
        last is { } read && time.GetUtcNow() - read.At < MaxAge && value(read) is { } measured ? [new Measurement<double>(measured)] : [];

    private IEnumerable<Measurement<int>> Failing() =>
        loop.Failing.Select(service => new Measurement<int>(1, new KeyValuePair<string, object?>("service", service)));

    private sealed record Reading(
        DateTimeOffset At, long Waiting, long GivenUp, DateTimeOffset? OldestWaiting, DateTimeOffset? LastSync, BackupState? Backup);
}
