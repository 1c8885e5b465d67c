namespace Patron.Customers.Matching;

/// <summary>A pair of records by rank, the smaller one first, and the probability that they are one customer's.</summary>
internal readonly record struct ScoredPair(int One, int Other, double Probability)
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

    public IReadOnlyList<ComparisonReason> Explain(int one, int other) =>
        ComparisonReasons.Of(Compare(one, other), model, records[one], records[other], records.Pool);

    public ScoredPair Score(int one, int other, int thread = 0)
    {
        ref readonly var first = ref records[one];
        ref readonly var second = ref records[other];
        var vector = comparers[thread].Compare(first, second);
        return new ScoredPair(one, other, model.Probability(vector, frequencies.Adjust(model, vector, first, second)));
    }
}
