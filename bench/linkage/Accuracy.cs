using Patron.Customers.Matching;

namespace Patron.Linkage;

/// <summary>How well a scan has found the true pairs.</summary>
internal sealed record Accuracy(long TruePairs, double Precision, double Recall, double F1, double RecallAtPrecision, double RecallOfScored)
{
    private const double Precise = 0.999;

    public static Accuracy Of(ScanResult result, IReadOnlyList<string> truth)
    {
        var truePairs = truth.GroupBy(name => name, StringComparer.Ordinal).Sum(group => Pairs(group.LongCount()));
        var found = result.Clusters.Sum(cluster => Pairs(cluster.Length));
        var right = result.Clusters.Sum(cluster =>
            cluster.GroupBy(record => truth[record], StringComparer.Ordinal).Sum(group => Pairs(group.LongCount())));
        var (precision, recall) = ((double)right / Math.Max(1, found), (double)right / truePairs);
        var (best, hits, seen) = (0L, 0L, 0L);
        foreach (var group in result.Pairs.GroupBy(pair => pair.Probability).OrderByDescending(group => group.Key))
        {
            seen += group.LongCount();
            hits += group.LongCount(pair => truth[pair.Left] == truth[pair.Right]);
            best = hits >= Precise * seen ? hits : best;
        }

        var f1 = 2 * precision * recall / (precision + recall);
        return new Accuracy(truePairs, precision, recall, f1, (double)best / truePairs, (double)hits / truePairs);
    }

    private static long Pairs(long records) => records * (records - 1) / 2;
}
