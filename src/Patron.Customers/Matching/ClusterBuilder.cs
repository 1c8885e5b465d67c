namespace Patron.Customers.Matching;

/// <summary>
/// Groups the pairs into clusters by average linkage of the log odds, so that one weak pair does not hold two groups together. Two
/// records of a dismissed pair are never in one cluster.
/// </summary>
internal sealed class ClusterBuilder(RecordSet records, PairScorer scorer, DismissedPairs dismissed)
{
    private const int MaxComponent = 300;
    private const double MaxLogOdds = 12;
    private const double MinLogOdds = -3;

    // Pairs that connect a component; a component that is too large is divided by the next one.
    private static readonly double[] Thresholds = [0.2, 0.5, 0.9, 0.99, 0.999, 0.9999];

    private readonly Dictionary<long, double> probabilities = [];
    private readonly List<int[]> clusters = [];

    public ScanResult Build(List<ScoredPair> pairs, CancellationToken cancellationToken)
    {
        foreach (var pair in pairs)
        {
            probabilities[Key(pair.One, pair.Other)] = pair.Probability;
        }

        Divide([.. pairs], 0, cancellationToken);
        clusters.Sort((one, other) => one[0].CompareTo(other[0]));
        var clusterOf = new Dictionary<int, int>();
        foreach (var (number, cluster) in clusters.Index())
        {
            foreach (var rank in cluster)
            {
                clusterOf.Add(rank, number + 1);
            }

            AddMissingPairs(cluster, pairs);
        }

        return new ScanResult(
            records, scorer, clusters,
            [.. pairs.OrderBy(pair => pair.One).ThenBy(pair => pair.Other).Select(pair => ToResult(pair, clusterOf))]);
    }

    private MatchedPair ToResult(ScoredPair pair, Dictionary<int, int> clusterOf)
    {
        var cluster = clusterOf.GetValueOrDefault(pair.One);
        var (left, right) = (records.IndexOf(pair.One), records.IndexOf(pair.Other));
        return new MatchedPair(
            Math.Min(left, right), Math.Max(left, right), pair.Probability,
            cluster != 0 && cluster == clusterOf.GetValueOrDefault(pair.Other) ? cluster : null) { One = pair.One, Other = pair.Other };
    }

    // A cluster is listed with all its pairs, also with those that are together only because of a third record.
    private void AddMissingPairs(int[] cluster, List<ScoredPair> pairs)
    {
        for (var i = 0; i < cluster.Length; i++)
        {
            for (var j = i + 1; j < cluster.Length; j++)
            {
                if (!probabilities.ContainsKey(Key(cluster[i], cluster[j])))
                {
                    pairs.Add(scorer.Score(cluster[i], cluster[j]));
                }
            }
        }
    }

    private void Divide(ScoredPair[] pairs, int threshold, CancellationToken cancellationToken)
    {
        foreach (var component in FindComponents(pairs, Thresholds[threshold]))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (component.Length <= MaxComponent)
            {
                Link(component);
            }
            else if (threshold + 1 < Thresholds.Length)
            {
                var members = component.ToHashSet();
                var inside = pairs.Where(pair => members.Contains(pair.One) && members.Contains(pair.Other));
                Divide([.. inside], threshold + 1, cancellationToken);
            }
            else
            {
                foreach (var part in component.Chunk(MaxComponent))
                {
                    Link(part);
                }
            }
        }
    }

    private static IEnumerable<int[]> FindComponents(ScoredPair[] pairs, double threshold)
    {
        var parents = new Dictionary<int, int>();
        foreach (var pair in pairs.Where(pair => pair.Probability >= threshold))
        {
            var (one, other) = (Root(parents, pair.One), Root(parents, pair.Other));
            parents[Math.Max(one, other)] = Math.Min(one, other);
        }

        return parents.Keys.ToArray().GroupBy(rank => Root(parents, rank))
            .Select(group => group.Order().ToArray()).OrderBy(group => group[0]);
    }

    private static int Root(Dictionary<int, int> parents, int rank)
    {
        while (parents.TryAdd(rank, rank) is false && parents[rank] != rank)
        {
            parents[rank] = parents[parents[rank]];
            rank = parents[rank];
        }

        return rank;
    }

    // Joins the two groups with the highest average until none is positive.
    private void Link(int[] component)
    {
        var sums = new double[component.Length, component.Length];
        for (var i = 0; i < component.Length; i++)
        {
            for (var j = i + 1; j < component.Length; j++)
            {
                sums[i, j] = sums[j, i] = LogOdds(component[i], component[j]);
            }
        }

        var groups = component.Select((_, place) => new List<int> { place }).ToArray();
        while (FindBest(sums, groups) is (>= 0 and var into, var from))
        {
            groups[into].AddRange(groups[from]);
            groups[from].Clear();
            for (var k = 0; k < component.Length; k++)
            {
                sums[into, k] = sums[k, into] = sums[into, k] + sums[from, k];
            }
        }

        clusters.AddRange(
            groups.Where(group => group.Count > 1).Select(group => group.Select(place => component[place]).Order().ToArray()));
    }

    private static (int Into, int From) FindBest(double[,] sums, List<int>[] groups)
    {
        var (into, from, best) = (-1, -1, 0.0);
        for (var i = 0; i < groups.Length; i++)
        {
            for (var j = i + 1; j < groups.Length && groups[i].Count > 0; j++)
            {
                var average = groups[j].Count == 0 ? 0 : sums[i, j] / (groups[i].Count * groups[j].Count);
                if (average > best)
                {
                    (into, from, best) = (i, j, average);
                }
            }
        }

        return (into, from);
    }

    private double LogOdds(int one, int other)
    {
        if (dismissed.Contains(records.IndexOf(one), records.IndexOf(other)))
        {
            return double.NegativeInfinity;
        }

        var probability = probabilities.TryGetValue(Key(one, other), out var known) ? known : scorer.Score(one, other).Probability;
        return Math.Clamp(Math.Log(probability / (1 - probability)), MinLogOdds, MaxLogOdds);
    }

    private static long Key(int one, int other) => ((long)one << 32) | (uint)other;
}
