using Microsoft.Extensions.Logging;
using Patron.Shared.Database;

namespace Patron.Shared.Background;

/// <summary>
/// Runs the rounds of a background service until the process stops. Whatever a round throws is logged, and it is tried again after a pause that
/// grows from one second to a minute: no exception ends the service, or the process. Services that keep failing are shown by <c>/health</c>.
/// </summary>
public sealed partial class BackgroundLoop(StartSignal start, DatabaseOutage outage, ILogger<BackgroundLoop> logger)
{
    /// <summary>Failed rounds in a row after which a service counts as failing: one is chance.</summary>
    private const int FailuresThatCount = 3;

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    // An outage ends for everybody at once, and people wait for their mails.
    private static readonly TimeSpan LongestPauseOfOutage = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly Dictionary<string, int> failures = new(StringComparer.Ordinal);

    /// <summary>The services whose last rounds all failed, in alphabetical order. While the database is away none does: its own check says so.</summary>
    public IReadOnlyList<string> Failing
    {
        get
        {
            lock (gate)
            {
                return [.. failures.Where(one => one.Value >= FailuresThatCount).Select(one => one.Key).Order(StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Waits until Patron has started, then runs a round, waits for the interval, runs the next. Ends when <paramref name="stoppingToken"/> is cancelled.</summary>
    public async Task RunAsync(string service, TimeSpan interval, Func<CancellationToken, Task> round, CancellationToken stoppingToken)
    {
        if (!await start.SucceedsAsync(stoppingToken))
        {
            return;
        }

        var failed = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            var trouble = await TryAsync(service, round, stoppingToken);
            failed = trouble is null ? 0 : failed + 1;
            Count(service, trouble is not null && !DatabaseFailure.IsAway(trouble) ? failed : 0);
            var pause = trouble is null ? interval : Longer(interval, Pause(trouble, failed));
            await Task.Delay(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Exception?> TryAsync(string service, Func<CancellationToken, Task> round, CancellationToken stoppingToken)
    {
        try
        {
            await round(stoppingToken);
            outage.ReportSuccess();
            return null;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception exception) when (DatabaseFailure.IsAway(exception))
        {
            outage.Report(exception);
            return exception;
        }
        catch (Exception exception) when (DatabaseFailure.IsTemporary(exception))
        {
            LogPutOff(service, DatabaseFailure.Reason(exception));
            return exception;
        }
        catch (Exception exception)
        {
            LogFailed(exception, service);
            return exception;
        }
    }

    private static TimeSpan Pause(Exception trouble, int failed)
    {
        var grown = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(failed - 1, 10)));
        var longest = DatabaseFailure.IsAway(trouble) ? LongestPauseOfOutage : LongestPause;
        return grown < longest ? grown : longest;
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private void Count(string service, int failed)
    {
        lock (gate)
        {
            failures[service] = failed;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The background service {Service} is put off: {Reason}")]
    private partial void LogPutOff(string service, string reason);

    [LoggerMessage(LogLevel.Error, "A round of the background service {Service} failed; it is tried again")]
    private partial void LogFailed(Exception exception, string service);
}
