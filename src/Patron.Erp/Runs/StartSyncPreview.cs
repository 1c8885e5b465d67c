using Microsoft.Extensions.Logging;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Erp.Runs;

/// <summary>A dry run: how far it is and, once it has ended, its figures or why it failed.</summary>
public sealed record SyncPreview(DateTimeOffset StartedAt, SyncProgress Progress)
{
    public DateTimeOffset? EndedAt { get; init; }

    public SyncFigures? Figures { get; init; }

    public string? Error { get; init; }
}

/// <summary>
/// Starts a dry run (<see cref="PreviewSync"/>) in the background, one at a time, and keeps the last one in memory until the process ends:
/// it's shown by the process that ran it. For administrators (403 for others); 400 where there is no ERP.
/// </summary>
public sealed partial class StartSyncPreview(TimeProvider time, ILogger<StartSyncPreview> logger, PreviewSync? preview = null) : IDisposable
{
    private readonly Lock gate = new();
    private readonly CancellationTokenSource stopping = new();
    private SyncPreview? last;

    /// <summary>Starts one, or returns the one that runs.</summary>
    public Result<SyncPreview> Handle(Caller caller)
    {
        if (!caller.IsAdmin)
        {
            return RequestSync.AdminsOnly;
        }

        if (preview is null)
        {
            return RequestSync.NoErp;
        }

        lock (gate)
        {
            if (last is not { EndedAt: null })
            {
                last = new SyncPreview(time.GetUtcNow(), new SyncProgress(SyncPhase.Pages, 0, 0));
                var token = stopping.Token;
                _ = Task.Run(() => RunAsync(preview, token), CancellationToken.None);
            }

            return last;
        }
    }

    /// <summary>The last one of this process; null if there was none.</summary>
    public SyncPreview? FindLast(Caller caller)
    {
        lock (gate)
        {
            return caller.IsAdmin ? last : null;
        }
    }

    public void Dispose()
    {
        stopping.Cancel();
        stopping.Dispose();
    }

    private async Task RunAsync(PreviewSync sync, CancellationToken cancellationToken)
    {
        try
        {
            var result = await sync.HandleAsync(progress => Change(state => state with { Progress = progress }), cancellationToken);
            End(result.Error is null ? result.Value : null, result.Error?.Sentence);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The process ends.
        }
        catch (Exception failure)
        {
            LogFailed(failure);
            End(null, "Something unexpected went wrong; the log says more.");
        }
    }

    private void End(SyncFigures? figures, string? error) =>
        Change(state => state with { EndedAt = time.GetUtcNow(), Figures = figures, Error = error });

    private void Change(Func<SyncPreview, SyncPreview> change)
    {
        lock (gate)
        {
            last = change(last!);
        }
    }

    [LoggerMessage(LogLevel.Error, "The preview of a sync stopped because of an unexpected error")]
    private partial void LogFailed(Exception exception);
}
