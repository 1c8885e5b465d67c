using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Patron.Shared.Background;

namespace Patron.Erp.Runs;

/// <summary>
/// Runs the sync in the background: what was asked for within a second, what is due by a schedule, and what another process left open when it
/// died. Any number of processes may do so: a due time is asked for once, and one has the turn.
/// </summary>
public sealed partial class SyncWorker(
    IServiceScopeFactory scopes, RunSync sync, SyncMetrics metrics, SyncTimetable timetable, BackgroundLoop loop, ILogger<SyncWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    private DueSync? waiting;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => loop.RunAsync("sync", Poll, GoOnAsync, stoppingToken);

    private async Task GoOnAsync(CancellationToken cancellationToken)
    {
        if (timetable.FindDue() is { } due && await AskAsync(due, cancellationToken))
        {
            timetable.MoveOn();
        }

        await WorkAsync(cancellationToken);
    }

    // False where the time stays due.
    private async Task<bool> AskAsync(DueSync due, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateBackgroundScope();
        var asked = await scope.ServiceProvider.GetRequiredService<RequestSync>().ScheduleAsync(due.Mode, due.DueAt, cancellationToken);
        if (asked.IsNew || asked.Run.DueAt == due.DueAt)
        {
            return true;
        }

        if (due.Mode == SyncMode.Full && asked.Run.Mode == SyncMode.Incremental)
        {
            // The open run does not do the full one's work. Were the time passed over, frequent incremental runs could leave night after night without one.
            if (waiting != due)
            {
                LogWaiting(due.DueAt, asked.Run.Id);
                waiting = due;
            }

            return false;
        }

        LogPassedOver(due.DueAt, asked.Run.Id);
        return true;
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateBackgroundScope();
        var runs = scope.ServiceProvider.GetRequiredService<SyncRuns>();
        if (await runs.FindOpenAsync(cancellationToken) is not null)
        {
            // Nothing is left to do with what it answers. A run that was refused or that failed has ended with the reason in its row, and that was logged.
            // Else somebody has the turn and works on it, or it has ended meanwhile. What it throws is the loop's: it logs that and tries again. The run
            // stays open for that, because its end cannot be written either while the database has trouble.
            await sync.HandleAsync(new SyncOrder { OnlyOpen = true }, _ => { }, cancellationToken);
        }

        await metrics.FollowAsync(runs, cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "The full sync due at {Due} waits for the end of run {Run}")]
    private partial void LogWaiting(DateTimeOffset due, long run);

    [LoggerMessage(LogLevel.Warning, "The sync due at {Due} is passed over: run {Run} is still open")]
    private partial void LogPassedOver(DateTimeOffset due, long run);
}
