using System.Diagnostics.Metrics;

namespace Patron.Erp.Runs;

/// <summary>
/// Metrics of the meter <c>Patron.Sync</c>: the number and duration of finished runs, and the partners by outcome and the customers of the
/// last successful run (source 4, 'Monitor Sync Status').
/// </summary>
public sealed class SyncMetrics : IDisposable
{
    public const string MeterName = "Patron.Sync";

    private readonly Meter meter = new(MeterName);
    private readonly Counter<long> runs;
    private readonly Histogram<double> duration;
    private volatile SyncFigures? figures;
    private long? lastRunId;

    public SyncMetrics()
    {
        runs = meter.CreateCounter<long>("patron.sync.runs", "{run}", "Runs of the sync that ended, by state.");
        duration = meter.CreateHistogram<double>("patron.sync.duration", "s", "How long runs took, by state.");
        meter.CreateObservableGauge(
            "patron.sync.partners", Partners, "{partner}", "The ERP's partners, by what the last run made of them.");
        meter.CreateObservableGauge(
            "patron.sync.customers", Customers, "{customer}", "Customers of the home organization after the last run, by kind.");
    }

    public void Dispose() => meter.Dispose();

    /// <summary>
    /// Records the runs that finished since the last call, in any process. The first call only takes the figures of the last run.
    /// </summary>
    internal async Task UpdateAsync(SyncRuns syncRuns, CancellationToken cancellationToken)
    {
        var isFirst = lastRunId is null;
        foreach (var run in await syncRuns.EndedAfterAsync(lastRunId ?? 0, cancellationToken))
        {
            if (!isFirst)
            {
                var state = new KeyValuePair<string, object?>("state", run.State == SyncState.Succeeded ? "succeeded" : "failed");
                runs.Add(1, state);
                duration.Record((run.FinishedAt!.Value - (run.StartedAt ?? run.RequestedAt)).TotalSeconds, state);
            }

            figures = run.ReadFigures() ?? figures;
            lastRunId = run.Id;
        }

        lastRunId ??= 0;
    }

    private IEnumerable<Measurement<long>> Partners() => figures is not { } last ? [] : Measure("outcome",
    [
        ("created", last.Created), ("updated", last.Updated), ("unchanged", last.Unchanged), ("conflict", last.Conflicts), ("error",
            last.Errors),
        .. last.Skipped.Select(skipped => ($"skipped_{skipped.Key}", skipped.Value)),
    ]);

    private IEnumerable<Measurement<long>> Customers() => figures?.Customers is not { } last ? [] : Measure("kind",
    [
        ("total", last.Total), ("linked", last.Linked), ("with_password", last.WithPassword), ("companies", last.Companies), ("individuals",
            last.Individuals),
    ]);

    private static IEnumerable<Measurement<long>> Measure(string tag, (string Name, long Value)[] values) =>
        values.Select(one => new Measurement<long>(one.Value, new KeyValuePair<string, object?>(tag, one.Name)));
}
