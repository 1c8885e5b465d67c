namespace Patron.Customers.Matching;

/// <summary>A candidate that can be the same customer, by its number in the list of candidates.</summary>
public sealed record RecordMatch(int Candidate, double Probability, IReadOnlyList<ComparisonReason> Reasons);

/// <summary>
/// Weighs one record against the candidates that share one of its <see cref="BlockingKeys"/>, by the model of the last scan. It takes about
/// a millisecond for a hundred candidates.
/// </summary>
public static class SingleRecordMatcher
{
    /// <summary>The candidates above the floor of a scan, the most probable first.</summary>
    public static IReadOnlyList<RecordMatch> Match(MatchModel model, MatchInput input, IReadOnlyList<MatchInput> candidates) =>
    [
        .. Weigh(model, input, candidates, DuplicateScanner.Floor)
            .OrderByDescending(match => match.Probability).ThenBy(match => match.Candidate),
    ];

    /// <summary>What speaks for and against two records, the strongest reason first.</summary>
    public static IReadOnlyList<ComparisonReason> Explain(MatchModel model, MatchInput one, MatchInput other) =>
        Weigh(model, one, [other], floor: 0)[0].Reasons;

    // Reasons are put into words only where the pair is reported: most candidates are strangers.
    private static List<RecordMatch> Weigh(MatchModel model, MatchInput input, IReadOnlyList<MatchInput> candidates, double floor)
    {
        var pool = new ValuePool();
        var record = MatchRecord.From(input, pool);
        var frequencies = new Frequencies(model.Frequencies, pool);
        var comparer = new PairComparer(
            pool, model.Frequencies.Records, value => model.Frequencies.CountOf(FrequencyTable.KeyOf(pool, value)), candidates.Count);
        var weighed = new List<RecordMatch>();
        foreach (var (number, candidate) in candidates.Index())
        {
            var other = MatchRecord.From(candidate, pool);
            var vector = comparer.Compare(record, other);
            var probability = model.Probability(vector, frequencies.Adjust(model, vector, record, other));
            if (probability >= floor)
            {
                weighed.Add(new RecordMatch(number, probability, ComparisonReasons.Of(vector, model, record, other, pool)));
            }
        }

        return weighed;
    }
}
