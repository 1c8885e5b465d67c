namespace Patron.Customers.Matching;

/// <summary>Two records that can be one customer's, by their numbers in the scanned list; the smaller one is left.</summary>
/// <param name="Left">The number of the first record.</param>
/// <param name="Right">The number of the second record.</param>
/// <param name="Probability">The probability that they are one customer's, from 0 to 1.</param>
/// <param name="Cluster">The number of the cluster that both are in, from 1; null if they are in two, or in none.</param>
public sealed record MatchedPair(int Left, int Right, double Probability, int? Cluster)
{
    internal int One { get; init; }

    internal int Other { get; init; }
}

/// <summary>The duplicates that a scan has found.</summary>
public sealed class ScanResult
{
    private readonly RecordSet records;
    private readonly PairScorer scorer;

    internal ScanResult(RecordSet records, PairScorer scorer, IEnumerable<int[]> clusters, IReadOnlyList<MatchedPair> pairs)
    {
        (this.records, this.scorer, Pairs) = (records, scorer, pairs);
        Clusters = [.. clusters.Select(cluster => cluster.Select(records.IndexOf).Order().ToArray())];
    }

    /// <summary>The number of records that were scanned.</summary>
    public int Records => records.Count;

    /// <summary>All pairs above the floor, and all pairs within a cluster.</summary>
    public IReadOnlyList<MatchedPair> Pairs { get; }

    /// <summary>The records of each cluster, by their numbers in the list. Cluster 1 is the first.</summary>
    public IReadOnlyList<int[]> Clusters { get; }

    /// <summary>The weights that the scan has estimated, to be saved for records that come later.</summary>
    public MatchModel Model => scorer.Model;

    /// <summary>The candidate keys of a record.</summary>
    public IReadOnlyList<long> KeysOf(int record) => BlockingKeys.Of(records.At(record), records.Pool);

    /// <summary>Why the two records are suspected, the strongest reason first.</summary>
    public IReadOnlyList<ComparisonReason> ReasonsOf(MatchedPair pair) => scorer.Explain(pair.One, pair.Other);
}
