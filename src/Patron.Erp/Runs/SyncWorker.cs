using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Patron.Shared.Background;

namespace Patron.Erp.Runs;

/// <summary>
/// Runs the sync in the background: requested runs within a second, scheduled runs, and runs that another process left open. Several
/// processes may do so: a scheduled time is requested once, and one process holds the lease.
/// </summary>
public sealed partial class SyncWorker(
    IServiceScopeFactory scopes, RunSync sync, SyncMetrics metrics, SyncScheduler scheduler, BackgroundLoop loop,
    ILogger<SyncWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    private DueSync? deferred;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => loop.RunAsync("sync", Poll, ExecuteOnceAsync, stoppingToken);

    private async Task ExecuteOnceAsync(CancellationToken cancellationToken)
    {
        if (scheduler.FindDue() is { } due && await RequestAsync(due, cancellationToken))
        {
            scheduler.Advance();
        }

        await RunOpenAsync(cancellationToken);
    }

    // False where the time is still due.
    private async Task<bool> RequestAsync(DueSync due, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateBackgroundScope();
        var requested = await scope.ServiceProvider.GetRequiredService<RequestSync>().ScheduleAsync(due.Mode, due.DueAt, cancellationToken);
        if (requested.IsNew || requested.Run.DueAt == due.DueAt)
        {
            return true;
        }

        if (due.Mode == SyncMode.Full && requested.Run.Mode == SyncMode.Incremental)
        {
            // The open incremental run does not replace the full one. Skipping the full run could leave frequent incremental runs without
            // any full run for days.
            if (deferred != due)
            {
                LogDeferred(due.DueAt, requested.Run.Id);
                deferred = due;
            }

            return false;
        }

        LogSkipped(due.DueAt, requested.Run.Id);
        return true;
    }

    private async Task RunOpenAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateBackgroundScope();
        var runs = scope.ServiceProvider.GetRequiredService<SyncRuns>();
        if (await runs.FindOpenAsync(cancellationToken) is not null)
        {
            // The result needs no handling here: a failed run has stored and logged its reason, or another process works on it. Exceptions
            // are logged and retried by the loop; the run stays open for that, because its end cannot be stored while the database has
            // trouble.
            await sync.HandleAsync(new SyncParameters { OnlyOpen = true }, _ => { }, cancellationToken);
        }

        await metrics.UpdateAsync(runs, cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "Full sync due at {Due} is deferred until run {Run} has finished")]
    private partial void LogDeferred(DateTimeOffset due, long run);

    [LoggerMessage(LogLevel.Warning, "Sync due at {Due} skipped: run {Run} is still open")]
    private partial void LogSkipped(DateTimeOffset due, long run);
}
