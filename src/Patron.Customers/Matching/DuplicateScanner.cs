namespace Patron.Customers.Matching;

/// <summary>
/// Finds the duplicates among the records of an organization or a file: estimates the model from the records, scores all candidate pairs
/// and groups them. The same records give the same answer, in whatever order they come. A million records need about 300 MB.
/// </summary>
public sealed class DuplicateScanner
{
    /// <summary>Pairs with a lower probability are not reported.</summary>
    public const double Floor = 0.05;

    private const int MaxTrainingPairs = 400_000;
    private const int MaxRandomPairs = 1_000_000;
    private const ulong RandomStep = 0x9E3779B97F4A7C15;

    private readonly RecordSet records = new();
    private readonly CandidateBlocks blocks;
    private readonly int threads;

    /// <param name="threads">The number of threads that compare.</param>
    public DuplicateScanner(int threads) => (this.threads, blocks) = (threads, new CandidateBlocks(records));

    /// <summary>Scans the records; a record's number is its place in the list, from 0.</summary>
    public static ScanResult Scan(IEnumerable<MatchInput> inputs, DismissedPairs dismissed, CancellationToken cancellationToken)
    {
        var scanner = new DuplicateScanner(Environment.ProcessorCount);
        foreach (var input in inputs)
        {
            cancellationToken.ThrowIfCancellationRequested();
            scanner.Add(input);
        }

        return scanner.Run(dismissed, cancellationToken);
    }

    /// <summary>Adds a record; its number is that of the records before it.</summary>
    public void Add(MatchInput input) => records.Add(input);

    /// <summary>Scans the added records.</summary>
    public ScanResult Run(DismissedPairs dismissed, CancellationToken cancellationToken)
    {
        records.Sort();
        var comparers = Enumerable.Range(0, threads)
            .Select(_ => new PairComparer(records.Pool, records.Count, records.Pool.CountOf)).ToArray();
        var model = Estimate(comparers[0], cancellationToken);
        var scorer = new PairScorer(records, comparers, model);
        var pairs = Score(scorer, cancellationToken);
        return new ClusterBuilder(records, scorer, dismissed).Build(pairs, cancellationToken);
    }

    private MatchModel Estimate(PairComparer comparer, CancellationToken cancellationToken)
    {
        var estimator = new ModelEstimator();
        var all = (double)records.Count * (records.Count - 1) / 2;
        AddRandomPairs(estimator, comparer, all);
        var share = Math.Min(1, MaxTrainingPairs / Math.Max(1.0, CountCandidates(cancellationToken)));
        var limit = share >= 1 ? ulong.MaxValue : (ulong)(share * ulong.MaxValue);
        var seen = new HashSet<long>();
        foreach (var kind in BlockingKeys.Kinds)
        {
            Visit(kind, 1, (_, one, other) =>
            {
                // By content, so that the sample does not depend on identifiers.
                var hash = ContentHash.Combine(records[one].ContentHash, records[other].ContentHash);
                if (hash <= limit && seen.Add(((long)one << 32) | (uint)other))
                {
                    estimator.AddCandidate(comparer.Compare(records[one], records[other]));
                }
            }, cancellationToken);
        }

        return estimator.Estimate(Math.Max(1, all), share, FrequencyTable.Of(records));
    }

    private void AddRandomPairs(ModelEstimator estimator, PairComparer comparer, double all)
    {
        if (all <= MaxRandomPairs)
        {
            for (var one = 0; one < records.Count; one++)
            {
                for (var other = one + 1; other < records.Count; other++)
                {
                    estimator.AddRandomPair(comparer.Compare(records[one], records[other]));
                }
            }

            return;
        }

        // Ranks are an order of the content, so any fixed sequence of them is a sample by content.
        var state = 0UL;
        for (var i = 0; i < MaxRandomPairs; i++)
        {
            state += RandomStep;
            var hash = ContentHash.Combine(state, RandomStep);
            var (one, other) = ((int)((hash >> 32) % (ulong)records.Count), (int)((hash & uint.MaxValue) % (ulong)records.Count));
            if (one != other)
            {
                estimator.AddRandomPair(comparer.Compare(records[one], records[other]));
            }
        }
    }

    private long CountCandidates(CancellationToken cancellationToken)
    {
        var counts = new long[threads];
        foreach (var kind in BlockingKeys.Kinds)
        {
            blocks.Visit(
                kind, threads, (thread, block) => counts[thread] += (long)block.Length * (block.Length - 1) / 2, cancellationToken);
        }

        return counts.Sum();
    }

    private List<ScoredPair> Score(PairScorer scorer, CancellationToken cancellationToken)
    {
        var found = Enumerable.Range(0, threads).Select(_ => new HashSet<ScoredPair>(ScoredPair.SameRecords)).ToArray();
        foreach (var kind in BlockingKeys.Kinds)
        {
            Visit(kind, threads, (thread, one, other) =>
            {
                if (scorer.Score(one, other, thread) is { Probability: >= Floor } pair)
                {
                    found[thread].Add(pair);
                }
            }, cancellationToken);
        }

        return [.. found.SelectMany(pairs => pairs).Distinct(ScoredPair.SameRecords).OrderBy(pair => pair.One).ThenBy(pair => pair.Other)];
    }

    private void Visit(KeyKind kind, int parts, Action<int, int, int> visit, CancellationToken cancellationToken) =>
        blocks.Visit(kind, parts, (thread, block) =>
        {
            for (var i = 0; i < block.Length; i++)
            {
                for (var j = i + 1; j < block.Length; j++)
                {
                    visit(thread, Math.Min(block[i], block[j]), Math.Max(block[i], block[j]));
                }
            }
        }, cancellationToken);
}
