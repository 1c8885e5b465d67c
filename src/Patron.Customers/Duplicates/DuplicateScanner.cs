namespace Patron.Customers.Duplicates;

/// <summary>
/// Finds the duplicates among the records of an organization or a file: estimates the model from the records, scores all candidate pairs and
/// groups them. The same records give the same answer, in whatever order they come. A million records need about 300 MB.
/// </summary>
public sealed class DuplicateScanner
{
    /// <summary>Pairs with a lower probability are not reported.</summary>
    public const double Floor = 0.05;

    private const int MaxTrainingPairs = 400_000;
    private const int MaxRandomPairs = 1_000_000;
    private const ulong RandomStep = 0x9E3779B97F4A7C15;

    private readonly RecordSet records = new();
    private readonly int threads = Math.Max(1, Environment.ProcessorCount);

    private readonly CandidateBlocks blocks;

    private DuplicateScanner() => blocks = new CandidateBlocks(records);

    /// <summary>Scans the records; a record's number is its place in the list, from 0.</summary>
    public static ScanResult Scan(IEnumerable<MatchInput> inputs, DismissedPairs dismissed, CancellationToken cancellationToken)
    {
        var scanner = new DuplicateScanner();
        foreach (var input in inputs)
        {
            cancellationToken.ThrowIfCancellationRequested();
            scanner.records.Add(input);
        }

        return scanner.Run(dismissed, cancellationToken);
    }

    private ScanResult Run(DismissedPairs dismissed, CancellationToken cancellationToken)
    {
        Console.Error.WriteLine("loaded " + Mem());
        records.Sort();
        var comparers = Enumerable.Range(0, threads).Select(_ => new PairComparer(records.Pool, records.Count)).ToArray();
        var model = Estimate(comparers[0], cancellationToken);
        Console.Error.WriteLine("model " + Mem());
        var scorer = new PairScorer(records, comparers, model);
        var pairs = Score(scorer, cancellationToken);
        Console.Error.WriteLine("scored " + N + " "+ Mem());
        return new ClusterBuilder(records, scorer, dismissed).Build(pairs, cancellationToken);
    }

    private static long N;
    private static readonly System.Diagnostics.Stopwatch W = System.Diagnostics.Stopwatch.StartNew();
    private static string Mem() => $"{W.Elapsed.TotalSeconds:F1} s heap {GC.GetTotalMemory(false) / 1000000} committed {GC.GetGCMemoryInfo().TotalCommittedBytes / 1000000} " + string.Join(" ", System.IO.File.ReadLines("/proc/self/status").Where(l => l.StartsWith("VmHWM", StringComparison.Ordinal) || l.StartsWith("VmRSS", StringComparison.Ordinal)));

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

        return estimator.Estimate(Math.Max(1, all), share);
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
            blocks.Visit(kind, threads, (thread, block) => counts[thread] += (long)block.Length * (block.Length - 1) / 2, cancellationToken);
        }

        return counts.Sum();
    }

    private List<ScoredPair> Score(PairScorer scorer, CancellationToken cancellationToken)
    {
        var found = Enumerable.Range(0, threads).Select(_ => new HashSet<ScoredPair>(ScoredPair.SameRecords)).ToArray();
        foreach (var kind in BlockingKeys.Kinds)
        {
            Console.Error.WriteLine(kind + " " + Mem());
            Visit(kind, threads, (thread, one, other) =>
            {
                Interlocked.Increment(ref N);
                if (scorer.Score(one, other, thread) is { Probability: >= (float)Floor } pair)
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

/// <summary>A pair of records by rank, the smaller one first, and the probability that they are one customer's.</summary>
internal readonly record struct ScoredPair(int One, int Other, float Probability)
{
    public static IEqualityComparer<ScoredPair> SameRecords { get; } =
        EqualityComparer<ScoredPair>.Create((x, y) => x.One == y.One && x.Other == y.Other, pair => HashCode.Combine(pair.One, pair.Other));
}

/// <summary>Scores pairs of a scan, on several threads with a comparer each.</summary>
internal sealed class PairScorer(RecordSet records, PairComparer[] comparers, MatchModel model)
{
    private readonly Frequencies frequencies = new(records);

    public MatchModel Model => model;

    public ComparisonVector Compare(int one, int other) => comparers[0].Compare(records[one], records[other]);

    public ScoredPair Score(int one, int other, int thread = 0)
    {
        ref readonly var first = ref records[one];
        ref readonly var second = ref records[other];
        var vector = comparers[thread].Compare(first, second);
        return new ScoredPair(one, other, (float)model.Probability(vector, frequencies.Adjust(model, vector, first, second)));
    }
}
