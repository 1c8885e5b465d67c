using System.Diagnostics.Metrics;

namespace Patron.Erp.Runs;

/// <summary>
/// The sync as metrics of the meter <c>Patron.Sync</c>: runs that ended and how long they took, and of the last one that succeeded the partners by
/// what became of them and the customers (source 4, 'Monitor Sync Status').
/// </summary>
public sealed class SyncMetrics : IDisposable
{
    public const string MeterName = "Patron.Sync";

    private readonly Meter meter = new(MeterName);
    private readonly Counter<long> runs;
    private readonly Histogram<double> duration;
    private volatile SyncFigures? figures;
    private long? followed;

    public SyncMetrics()
    {
        runs = meter.CreateCounter<long>("patron.sync.runs", "{run}", "Runs of the sync that ended, by state.");
        duration = meter.CreateHistogram<double>("patron.sync.duration", "s", "How long runs took, by state.");
        meter.CreateObservableGauge("patron.sync.partners", Partners, "{partner}", "The ERP's partners, by what the last run made of them.");
        meter.CreateObservableGauge("patron.sync.customers", Customers, "{customer}", "Customers of the home organization after the last run, by kind.");
    }

    public void Dispose() => meter.Dispose();

    /// <summary>Counts the runs that ended since it was asked last, whichever process did them; at first only the last one's figures are taken.</summary>
    internal async Task FollowAsync(SyncRuns ended, CancellationToken cancellationToken)
    {
        var isFirstLook = followed is null;
        foreach (var run in await ended.EndedAfterAsync(followed ?? 0, cancellationToken))
        {
            if (!isFirstLook)
            {
                var state = new KeyValuePair<string, object?>("state", run.State == SyncState.Succeeded ? "succeeded" : "failed");
                runs.Add(1, state);
                duration.Record((run.FinishedAt!.Value - (run.StartedAt ?? run.RequestedAt)).TotalSeconds, state);
            }

            figures = run.ReadFigures() ?? figures;
            followed = run.Id;
        }

        followed ??= 0;
    }

    private IEnumerable<Measurement<long>> Partners() => figures is not { } last ? [] : Measure("outcome",
    [
        ("created", last.Created), ("updated", last.Updated), ("unchanged", last.Unchanged), ("conflict", last.Conflicts), ("error", last.Errors),
        .. last.Skipped.Select(skipped => ($"skipped_{skipped.Key}", skipped.Value)),
    ]);

    private IEnumerable<Measurement<long>> Customers() => figures?.Customers is not { } last ? [] : Measure("kind",
    [
        ("total", last.Total), ("linked", last.Linked), ("with_password", last.WithPassword), ("companies", last.Companies), ("individuals", last.Individuals),
    ]);

    private static IEnumerable<Measurement<long>> Measure(string tag, (string Name, long Value)[] values) =>
        values.Select(one => new Measurement<long>(one.Value, new KeyValuePair<string, object?>(tag, one.Name)));
}
