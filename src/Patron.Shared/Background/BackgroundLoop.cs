using Microsoft.Extensions.Logging;
using Patron.Shared.Database;

namespace Patron.Shared.Background;

/// <summary>
/// Runs a background service at an interval until the process stops. An exception is logged and the run is retried after a delay that grows
/// from one second to one minute; no exception ends the service or the process. <c>/health</c> lists services that keep failing.
/// </summary>
public sealed partial class BackgroundLoop(StartSignal start, DatabaseOutage outage, ILogger<BackgroundLoop> logger)
{
    /// <summary>Consecutive failures after which a service is reported as failing.</summary>
    private const int FailureThreshold = 3;

    private static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(1);

    // Shorter, because people wait for mails and the outage can end at any moment.
    private static readonly TimeSpan MaxDelayDuringOutage = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly Dictionary<string, int> failures = new(StringComparer.Ordinal);

    /// <summary>
    /// The services whose last runs all failed, in alphabetical order. Failures caused by an outage of the database do not count: the
    /// health check of the database reports it.
    /// </summary>
    public IReadOnlyList<string> Failing
    {
        get
        {
            lock (gate)
            {
                return [
                    .. failures.Where(entry => entry.Value >= FailureThreshold).Select(entry => entry.Key).Order(StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>
    /// Waits until Patron has started, then runs <paramref name="work"/> again and again with the interval between two runs, until
    /// <paramref name="stoppingToken"/> is cancelled.
    /// </summary>
    public async Task RunAsync(string service, TimeSpan interval, Func<CancellationToken, Task> work, CancellationToken stoppingToken)
    {
        if (!await start.WaitAsync(stoppingToken))
        {
            return;
        }

        var failed = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            var exception = await TryAsync(service, work, stoppingToken);
            failed = exception is null ? 0 : failed + 1;
            SetFailures(service, exception is not null && !DatabaseFailure.IsUnavailable(exception) ? failed : 0);
            var delay = exception is null ? interval : Max(interval, RetryDelay(exception, failed));
            await Task.Delay(delay, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Exception?> TryAsync(string service, Func<CancellationToken, Task> work, CancellationToken stoppingToken)
    {
        try
        {
            await work(stoppingToken);
            outage.ReportSuccess();
            return null;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception exception) when (DatabaseFailure.IsUnavailable(exception))
        {
            outage.Report(exception);
            return exception;
        }
        catch (Exception exception) when (DatabaseFailure.IsTemporary(exception))
        {
            LogPostponed(service, DatabaseFailure.Reason(exception));
            return exception;
        }
        catch (Exception exception)
        {
            LogFailed(exception, service);
            return exception;
        }
    }

    private static TimeSpan RetryDelay(Exception exception, int failed)
    {
        var delay = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(failed - 1, 10)));
        var max = DatabaseFailure.IsUnavailable(exception) ? MaxDelayDuringOutage : MaxDelay;
        return delay < max ? delay : max;
    }

    private static TimeSpan Max(TimeSpan first, TimeSpan second) => first > second ? first : second;

    private void SetFailures(string service, int failed)
    {
        lock (gate)
        {
            failures[service] = failed;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Background service {Service} postponed: {Reason}")]
    private partial void LogPostponed(string service, string reason);

    [LoggerMessage(LogLevel.Error, "Background service {Service} failed and will be retried")]
    private partial void LogFailed(Exception exception, string service);
}
