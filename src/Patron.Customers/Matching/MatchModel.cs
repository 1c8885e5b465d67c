using System.Text.Json;

namespace Patron.Customers.Matching;

/// <summary>
/// The weights of the comparisons (Fellegi and Sunter), in natural logarithms: how much more often a level occurs among records of one
/// customer than among two customers. Three kinds of pairs are told apart: the same customer; two people of one household, or two
/// companies in one house, who share what belongs to the address; and all others. A part of the customers has moved, so that their
/// addresses say nothing.
/// </summary>
public sealed class MatchModel
{
    // How often two people of one address have these in common.
    private const double SharedSurname = 0.6;
    private const double SharedGivenName = 0.3; // As often as by chance, or seldom.
    private const double SharedPhone = 0.3;
    private const double SharedEmail = 0.03;
    private const double SharedCompany = 0.05;
    private const double WithoutAddress = 0.05;

    internal double[][] Matches { get; init; } = [.. Comparisons.Select(ModelPriors.Matches)];

    internal double[][] Others { get; init; } = [.. Comparisons.Select(ModelPriors.Others)];

    /// <summary>The share of matches among all pairs of records.</summary>
    internal double MatchRate { get; init; } = 1e-4;

    /// <summary>The number of related pairs for each match.</summary>
    internal double RelatedRate { get; init; } = 0.1;

    /// <summary>The share of matches whose addresses have nothing in common.</summary>
    internal double MovedRate { get; init; } = 0.1;

    /// <summary>How often the values occur among the records that the model was estimated from.</summary>
    internal FrequencyTable Frequencies { get; init; } = FrequencyTable.Empty;

    internal static IEnumerable<Comparison> Comparisons => Enum.GetValues<Comparison>();

    private double[][]? weights;

    private double[][] Weights => weights ??= [.. Comparisons.Select(ComputeWeights)];

    /// <summary>The probabilities of the kinds of pairs, and that a match has moved.</summary>
    internal readonly record struct Posterior(double Match, double Related, double Moved);

    /// <summary>The probability that two records with this comparison are one customer's.</summary>
    internal double Probability(ComparisonVector vector, in FrequencyAdjustment adjustment) => Classify(vector, adjustment).Match;

    internal Posterior Classify(ComparisonVector vector, in FrequencyAdjustment adjustment)
    {
        var person = Weight(vector, Comparison.GivenName) + Weight(vector, Comparison.NameOrder) + Weight(vector, Comparison.BirthDate)
            + Weight(vector, Comparison.TaxId) + adjustment.Person;
        var surname = Weight(vector, Comparison.Surname) + adjustment.Surname;
        var (phone, email) = (Weight(vector, Comparison.Phone) + adjustment.Phone, Weight(vector, Comparison.Email) + adjustment.Email);
        var company = Weight(vector, Comparison.Company) + adjustment.Company;
        var region = Weight(vector, Comparison.Region);
        var address = Weight(vector, Comparison.HouseNumber) + Weight(vector, Comparison.Street) + Weight(vector, Comparison.AddressLine2)
            + Weight(vector, Comparison.Place) + adjustment.Address;
        var hasAddress = vector[Comparison.Street] != 0 || vector[Comparison.HouseNumber] != 0 || vector[Comparison.Place] != 0;
        var stayed = (1 - MovedRate) * Math.Exp(address);
        var addressRatio = hasAddress ? stayed + MovedRate : 1;
        var match = MatchRate * Math.Exp(person + surname + phone + email + company + region) * addressRatio;
        var related = MatchRate * RelatedRate * (hasAddress ? Math.Exp(address + region) : WithoutAddress)
            * (vector.GivenName == NameLevel.Equal ? SharedGivenName : 1) * Mix(SharedSurname, surname)
            * Mix(SharedPhone, phone) * Mix(SharedEmail, email) * Mix(SharedCompany, company);
        var sum = match + related + 1;
        return new Posterior(match / sum, related / sum, hasAddress ? MovedRate / addressRatio : 0);
    }

    // With few records a worse level can seem to say more than a better one.
    private double[] ComputeWeights(Comparison comparison)
    {
        var ofLevels = Matches[(int)comparison]
            .Zip(Others[(int)comparison], (match, other) => match == 0 ? 0 : Math.Log(match / other)).ToArray();
        foreach (var (better, worse) in ModelPriors.Ladder(comparison))
        {
            ofLevels[worse] = Math.Min(ofLevels[worse], ofLevels[better]);
        }

        return ofLevels;
    }

    internal MatchModel With(FrequencyTable frequencies) => new()
    {
        Matches = Matches,
        Others = Others,
        MatchRate = MatchRate,
        RelatedRate = RelatedRate,
        MovedRate = MovedRate,
        Frequencies = frequencies,
    };

    /// <summary>The model as JSON, to be stored with the organization: some hundred kilobytes for a large one.</summary>
    public string ToJson() => JsonSerializer.Serialize(new SavedModel(
        SavedModel.Current, Matches, Others, MatchRate, RelatedRate, MovedRate, Frequencies.Records, Frequencies.Counts));

    /// <summary>
    /// Reads a stored model; null if another version of Patron has written it, so that the next scan has to write it again.
    /// </summary>
    public static MatchModel? FromJson(string json) =>
        JsonSerializer.Deserialize<SavedModel>(json) is { Version: SavedModel.Current } saved
            ? new MatchModel
            {
                Matches = saved.Matches,
                Others = saved.Others,
                MatchRate = saved.MatchRate,
                RelatedRate = saved.RelatedRate,
                MovedRate = saved.MovedRate,
                Frequencies = new FrequencyTable(saved.Records, saved.Counts),
            }
            : null;

    /// <summary>What is assumed of an organization with so many customers before its first scan.</summary>
    public static MatchModel Assumed(int customers) => new()
    {
        MatchRate = 0.1 / Math.Max(100, customers),
        Frequencies = new FrequencyTable(customers, []),
    };

    private static double Mix(double share, double weight) => (share * Math.Exp(weight)) + 1 - share;

    /// <summary>The weight of one comparison in bits.</summary>
    internal double BitsOf(ComparisonVector vector, Comparison comparison) => Weight(vector, comparison) / Math.Log(2);

    private double Weight(ComparisonVector vector, Comparison comparison) => Weights[(int)comparison][vector[comparison]];
}

/// <summary>
/// What the frequency of the values that two records have in common adds to the weights: a rare name says more than a common one.
/// </summary>
internal readonly record struct FrequencyAdjustment(
    double Person, double Surname, double Phone, double Email, double Company, double Address);

/// <summary>The stored form of a model.</summary>
internal sealed record SavedModel(
    int Version, double[][] Matches, double[][] Others, double MatchRate, double RelatedRate, double MovedRate, int Records,
    Dictionary<ulong, int> Counts)
{
    /// <summary>Changes with the comparisons and their levels.</summary>
    public const int Current = 1;
}
