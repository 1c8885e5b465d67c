using System.Diagnostics.Metrics;

namespace Patron.Shared.Database;

/// <summary>The metric <c>patron.reads</c> of the meter <c>Patron.Reads</c>: reads that a replica may answer, by who answered.</summary>
public sealed class ReplicaMetrics : IDisposable
{
    public const string MeterName = "Patron.Reads";

    private readonly Meter meter = new(MeterName);
    private readonly Counter<long> reads;

    public ReplicaMetrics() =>
        reads = meter.CreateCounter<long>("patron.reads", "{read}", "Reads that a replica may answer, by who answered.");

    public void Dispose() => meter.Dispose();

    internal void Add(bool byReplica) =>
        reads.Add(1, new KeyValuePair<string, object?>("server", byReplica ? "replica" : "primary"));
}
