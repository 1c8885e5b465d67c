using System.Runtime.InteropServices;

namespace Patron.Customers.Matching;

/// <summary>
/// Estimates the model from an organization's own records by expectation maximization, without labels: how matches look from candidate
/// pairs, how other pairs look from random ones. Both are counted by comparison vector, so that the result does not depend on any order.
/// </summary>
internal sealed class ModelEstimator
{
    private const int MaxIterations = 40;
    private const double Converged = 1e-5;
    private const double MatchPriorStrength = 25;
    private const double OtherPriorStrength = 1000;
    private const double RatePriorStrength = 20;

    // Values that depend on each other, such as a name and an address made of it, are more often alike than random pairs show.
    private const double MinShareOfPrior = 0.05;

    private readonly Dictionary<ComparisonVector, long> candidates = [];
    private readonly Dictionary<ComparisonVector, long> randomPairs = [];

    public void AddCandidate(ComparisonVector vector) => CollectionsMarshal.GetValueRefOrAddDefault(candidates, vector, out _)++;

    public void AddRandomPair(ComparisonVector vector) => CollectionsMarshal.GetValueRefOrAddDefault(randomPairs, vector, out _)++;

    /// <param name="pairs">The number of all pairs of records.</param>
    /// <param name="candidateShare">The share of the candidate pairs that was added.</param>
    /// <param name="frequencies">How often the values occur.</param>
    public MatchModel Estimate(double pairs, double candidateShare, FrequencyTable frequencies)
    {
        var candidatePairs = Sort(candidates);
        var otherPairs = Sort(randomPairs);
        var model = new MatchModel { MatchRate = Math.Clamp(1 / Math.Sqrt(Math.Max(1, 2 * pairs)) / 5, 1e-9, 0.01) };
        for (var iteration = 0; iteration < MaxIterations; iteration++)
        {
            var next = Iterate(model, candidatePairs, otherPairs, pairs, candidateShare);
            var change = Math.Abs(Math.Log(next.MatchRate / model.MatchRate)) + Change(model.Matches, next.Matches);
            model = next;
            if (change < Converged)
            {
                break;
            }
        }

        return model.With(frequencies);
    }

    private static MatchModel Iterate(
        MatchModel model, KeyValuePair<ComparisonVector, long>[] candidates, KeyValuePair<ComparisonVector, long>[] randomPairs,
        double pairs, double candidateShare)
    {
        var matches = Empty();
        var others = Empty();
        var (matched, related, moved, withAddress) = (0.0, 0.0, 0.0, 0.0);
        foreach (var (vector, count) in candidates)
        {
            var posterior = model.Classify(vector, default);
            var weight = posterior.Match * count;
            matched += weight;
            related += posterior.Related * count;
            var hasAddress = vector[Comparison.Street] != 0 || vector[Comparison.HouseNumber] != 0 || vector[Comparison.Place] != 0;
            moved += weight * posterior.Moved;
            withAddress += hasAddress ? weight : 0;
            Add(matches, vector, weight, weight * (1 - posterior.Moved));
        }

        foreach (var (vector, count) in randomPairs)
        {
            var posterior = model.Classify(vector, default);
            var weight = (1 - posterior.Match - posterior.Related) * count;
            Add(others, vector, weight, weight);
        }

        return new MatchModel
        {
            Matches = Normalize(matches, ModelPriors.Matches, MatchPriorStrength),
            Others = AtLeastPriors(Normalize(others, ModelPriors.Others, OtherPriorStrength)),
            MatchRate = Math.Max(matched, 0.5) / candidateShare / pairs,
            RelatedRate = Math.Clamp((related + (0.1 * RatePriorStrength)) / (matched + RatePriorStrength), 1e-3, 10),
            MovedRate = Math.Clamp((moved + (0.1 * RatePriorStrength)) / (withAddress + RatePriorStrength), 1e-3, 0.6),
        };
    }

    private static void Add(double[][] sums, ComparisonVector vector, double weight, double addressWeight)
    {
        for (var comparison = Comparison.GivenName; comparison <= Comparison.Region; comparison++)
        {
            var isAddress = comparison is Comparison.HouseNumber or Comparison.Street or Comparison.AddressLine2 or Comparison.Place;
            sums[(int)comparison][vector[comparison]] += isAddress ? addressWeight : weight;
        }
    }

    private static double[][] Normalize(double[][] sums, Func<Comparison, double[]> priorOf, double strength)
    {
        var shares = Empty();
        foreach (var comparison in MatchModel.Comparisons)
        {
            var prior = priorOf(comparison);
            foreach (var group in ModelPriors.Groups[(int)comparison])
            {
                var (all, priorAll) = (group.Sum(level => sums[(int)comparison][level]), group.Sum(level => prior[level]));
                foreach (var level in group)
                {
                    shares[(int)comparison][level] =
                        (sums[(int)comparison][level] + (strength * prior[level] / priorAll)) / (all + strength);
                }
            }
        }

        return shares;
    }

    private static double[][] AtLeastPriors(double[][] shares)
    {
        foreach (var comparison in MatchModel.Comparisons)
        {
            foreach (var (level, prior) in ModelPriors.Others(comparison).Index())
            {
                var least = (comparison == Comparison.NameOrder ? 1 : MinShareOfPrior) * prior;
                shares[(int)comparison][level] = Math.Max(shares[(int)comparison][level], least);
            }
        }

        return shares;
    }

    private static double Change(double[][] before, double[][] after) =>
        before.Zip(after, (one, other) => one.Zip(other, (a, b) => Math.Abs(a - b)).Sum()).Sum();

    private static double[][] Empty() =>
        [.. MatchModel.Comparisons.Select(comparison => new double[ModelPriors.Matches(comparison).Length])];

    private static KeyValuePair<ComparisonVector, long>[] Sort(Dictionary<ComparisonVector, long> counts) =>
        [.. counts.OrderBy(pair => pair.Key.Bits)];
}
