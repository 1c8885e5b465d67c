using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Patron.Shared.Background;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Duplicates;

/// <summary>
/// Compares new and changed customers within a second. After an import or a first sync, which queue more than <see cref="LongQueue"/> of
/// them, it scans the organization instead. One process at a time does so.
/// </summary>
public sealed partial class DuplicateWorker(
    IServiceScopeFactory scopes, BackgroundLoop loop, TimeProvider time, ILogger<DuplicateWorker> logger) : BackgroundService
{
    /// <summary>From so many queued customers on, a scan is cheaper than comparing each.</summary>
    public const int LongQueue = 20_000;

    // Whoever writes many customers at once must not wait for the processor: it pauses twice as long as it works.
    private const int IdleShare = 2;

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        loop.RunAsync("duplicates", Poll, ExecuteOnceAsync, stoppingToken);

    private async Task ExecuteOnceAsync(CancellationToken cancellationToken)
    {
        foreach (var organization in await InScopeAsync<DuplicateScans, IReadOnlyList<Guid>>(
            scans => scans.FindDueAsync(LongQueue, cancellationToken)))
        {
            var scanned = await InScopeAsync<ScanDuplicates, Result<DuplicateScan>>(
                scan => scan.HandleAsync(Caller.System(organization), threads: 1, _ => { }, cancellationToken));
            if (scanned.Succeeded(out var scan, out _))
            {
                LogScanned(organization, scan.Records, scan.Pairs);
            }
        }

        var compared = 0;
        var watch = Stopwatch.StartNew();
        while (await InScopeAsync<DuplicateQueue, int>(queue => queue.ProcessAsync(cancellationToken)) is > 0 and var some)
        {
            compared += some;
            await Task.Delay(watch.Elapsed * IdleShare, time, cancellationToken);
            watch.Restart();
        }

        if (compared > 0)
        {
            await InScopeAsync<DuplicateScans, int>(scans => scans.RequestForGrownAsync(cancellationToken));
        }
    }

    private async Task<T> InScopeAsync<TService, T>(Func<TService, Task<T>> work)
        where TService : notnull
    {
        await using var scope = scopes.CreateBackgroundScope();
        return await work(scope.ServiceProvider.GetRequiredService<TService>());
    }

    [LoggerMessage(LogLevel.Information, "Organization {Organization} scanned for duplicates: {Records} customers, {Pairs} pairs")]
    private partial void LogScanned(Guid organization, long records, long pairs);
}
