using Patron.Customers.Matching;

namespace Patron.Linkage;

/// <summary>How well a scan has found the true pairs.</summary>
internal sealed record Accuracy(
    long TruePairs, double Precision, double Recall, double F1, double RecallAt99, double RecallAt999, double RecallOfScored)
{
    public static Accuracy Of(ScanResult result, IReadOnlyList<string> truth)
    {
        var truePairs = truth.GroupBy(name => name, StringComparer.Ordinal).Sum(group => Pairs(group.LongCount()));
        var found = result.Clusters.Sum(cluster => Pairs(cluster.Length));
        var right = result.Clusters.Sum(cluster =>
            cluster.GroupBy(record => truth[record], StringComparer.Ordinal).Sum(group => Pairs(group.LongCount())));
        var (precision, recall) = ((double)right / Math.Max(1, found), (double)right / truePairs);
        var (at99, at999, hits, seen) = (0L, 0L, 0L, 0L);
        foreach (var group in result.Pairs.GroupBy(pair => pair.Probability).OrderByDescending(group => group.Key))
        {
            seen += group.LongCount();
            hits += group.LongCount(pair => truth[pair.Left] == truth[pair.Right]);
            at99 = hits >= 0.99 * seen ? hits : at99;
            at999 = hits >= 0.999 * seen ? hits : at999;
        }

        var f1 = 2 * precision * recall / (precision + recall);
        var all = (double)truePairs;
        return new Accuracy(truePairs, precision, recall, f1, at99 / all, at999 / all, hits / all);
    }

    private static long Pairs(long records) => records * (records - 1) / 2;
}
