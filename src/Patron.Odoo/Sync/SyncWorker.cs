using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Patron.Customers.Sync;
using Patron.Shared.Background;

namespace Patron.Odoo.Sync;

/// <summary>
/// Runs the sync in the background: what was asked for within a second, what is due by the schedule, and what another process left open when it
/// died. Any number of processes may do so: a due time is asked for once, and one has the turn.
/// </summary>
public sealed partial class SyncWorker(
    IServiceScopeFactory scopes, RunSync sync, SyncMetrics metrics, OdooOptions options, BackgroundLoop loop, TimeProvider time, ILogger<SyncWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    private readonly SyncSchedule? schedule = SyncSchedule.TryRead(options.Schedule, out var read) ? read : null;
    private DateTimeOffset? nextDue;

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        nextDue = schedule?.NextAfter(time.GetUtcNow());
        return loop.RunAsync("sync", Poll, GoOnAsync, stoppingToken);
    }

    private async Task GoOnAsync(CancellationToken cancellation)
    {
        if (nextDue <= time.GetUtcNow())
        {
            await AskAsync(nextDue.Value, cancellation);
            nextDue = schedule!.NextAfter(time.GetUtcNow());
        }

        await WorkAsync(cancellation);
    }

    private async Task AskAsync(DateTimeOffset due, CancellationToken cancellation)
    {
        await using var scope = scopes.CreateBackgroundScope();
        var asked = await scope.ServiceProvider.GetRequiredService<RequestSync>().ScheduleAsync(due, cancellation);
        if (!asked.IsNew && asked.Run.DueAt != due)
        {
            LogPassedOver(due, asked.Run.Id);
        }
    }

    private async Task WorkAsync(CancellationToken cancellation)
    {
        await using var scope = scopes.CreateBackgroundScope();
        var journal = scope.ServiceProvider.GetRequiredService<SyncJournal>();
        if (await journal.FindOpenAsync(cancellation) is not null)
        {
            // Whoever has the turn works on it: then there is nothing to do, and nothing to say.
            await sync.HandleAsync(new SyncOrder { OnlyOpen = true }, _ => { }, cancellation);
        }

        await metrics.FollowAsync(journal, cancellation);
    }

    [LoggerMessage(LogLevel.Warning, "The sync due at {Due} is passed over: run {Run} is still open")]
    private partial void LogPassedOver(DateTimeOffset due, long run);
}
