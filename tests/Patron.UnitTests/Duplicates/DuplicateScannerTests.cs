using FsCheck;
using FsCheck.Fluent;
using Patron.Customers.Matching;
using Patron.Linkage;

namespace Patron.UnitTests.Duplicates;

public class DuplicateScannerTests
{
    private static readonly CustomerGenerator Generator = new(400, duplicates: 0.2);
    private static readonly MatchInput[] Customers = [.. Generator.Generate()];

    [Fact]
    public void Most_copies_are_found_and_nearly_nothing_else()
    {
        var result = Scan(Customers);
        var found = result.Clusters.SelectMany(Pairs).ToList();
        var right = found.Count(pair => Generator.OriginalOf(pair.One) == Generator.OriginalOf(pair.Other));
        var all = Enumerable.Range(0, Customers.Length).GroupBy(Generator.OriginalOf).Sum(group => Pairs([.. group]).Count());

        Assert.InRange((double)right / all, 0.95, 1);
        Assert.InRange((double)right / found.Count, 0.97, 1);
    }

    [Fact]
    public void The_order_of_the_records_changes_nothing()
    {
        var expected = Describe(Scan(Customers), Customers);
        Prop.ForAll<int>(seed =>
        {
            var shuffled = Customers.ToArray();
            new Random(seed).Shuffle(shuffled);
            return Describe(Scan(shuffled), shuffled).SequenceEqual(expected);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2));
    }

    [Fact]
    public void A_dismissed_pair_is_never_in_one_cluster()
    {
        var clusters = Scan(Customers).Clusters;
        var dismissed = new DismissedPairs();
        foreach (var cluster in clusters)
        {
            dismissed.Add(cluster[^1], cluster[0]);
        }

        var result = DuplicateScanner.Scan(Customers, dismissed, TestContext.Current.CancellationToken);

        Assert.NotEmpty(clusters);
        Assert.DoesNotContain(result.Clusters.SelectMany(Pairs), pair => dismissed.Contains(pair.One, pair.Other));
    }

    private static readonly MatchInput[] Strangers =
    [
        new() { FirstName = "Tariro", LastName = "Moyo", DateOfBirth = "1991-07-23", Phone = "+263 24 2700000" },
        new() { FirstName = "Chen", LastName = "Wu", DateOfBirth = "1968-11-05", Phone = "+86 10 65000000" },
    ];

    [Fact]
    public void Three_records_without_anything_in_common_are_three_customers() =>
        Assert.Empty(Scan([.. Strangers, Strangers[0] with { FirstName = "Olga", LastName = "Ivanova", DateOfBirth = "1955-02-01", Phone = null }]).Clusters);

    [Fact]
    public void Two_of_a_few_records_are_recognized_without_anything_to_learn_from()
    {
        var anna = new MatchInput { FirstName = "Anna", LastName = "Meier", DateOfBirth = "1980-03-12", Phone = "+49 30 1234567" };
        Assert.Equal([[0, 3]], Scan([anna, .. Strangers, anna with { LastName = "Meyer", Phone = null }]).Clusters);
    }

    [Fact]
    public void Nothing_is_found_in_nothing()
    {
        Assert.Empty(Scan([]).Pairs);
        Assert.Empty(Scan([new MatchInput(), new MatchInput(), new MatchInput()]).Pairs);
    }

    [Fact]
    public void Blocks_have_at_most_a_hundred_records_even_if_all_are_alike()
    {
        var records = new RecordSet();
        foreach (var number in Enumerable.Range(0, 1050))
        {
            records.Add(new MatchInput { FirstName = "Test", LastName = "Test", City = $"Town {number % 7}", Phone = "030 1234567" });
        }

        records.Sort();
        var largest = 0;
        foreach (var kind in BlockingKeys.Kinds)
        {
            new CandidateBlocks(records).Visit(kind, 1, (_, block) => largest = Math.Max(largest, block.Length), CancellationToken.None);
        }

        Assert.InRange(largest, 2, BlockingKeys.MaxBlock);
    }

    [Fact]
    public void A_saved_model_weighs_like_the_scan()
    {
        var result = Scan(Customers);
        var pair = result.Pairs.First(pair => pair.Cluster is not null && pair.Probability < 0.99);
        var model = MatchModel.FromJson(result.Model.ToJson());

        Assert.NotNull(model);
        var match = Assert.Single(SingleRecordMatcher.Match(model, Customers[pair.Left], [Customers[pair.Right]]));
        Assert.Equal(pair.Probability, match.Probability, 0.05);
        Assert.Null(MatchModel.FromJson("""{"Version":0}"""));
    }

    [Fact]
    public void Records_of_a_pair_share_a_key()
    {
        var pair = Scan(Customers).Pairs.First(pair => pair.Probability > 0.99);
        Assert.NotEmpty(BlockingKeys.Of(Customers[pair.Left]).Intersect(BlockingKeys.Of(Customers[pair.Right])));
    }

    private static ScanResult Scan(IReadOnlyList<MatchInput> records) =>
        DuplicateScanner.Scan(records, DismissedPairs.None, TestContext.Current.CancellationToken);

    private static IEnumerable<(int One, int Other)> Pairs(int[] cluster) =>
        cluster.SelectMany((one, place) => cluster.Skip(place + 1).Select(other => (one, other)));

    private static List<string> Describe(ScanResult result, MatchInput[] records) =>
    [
        .. result.Pairs.Select(pair =>
        {
            var both = string.Join('|', new[] { $"{records[pair.Left]}", $"{records[pair.Right]}" }.Order(StringComparer.Ordinal));
            return $"{both} {pair.Probability:R} {pair.Cluster}";
        }).Order(StringComparer.Ordinal),
    ];
}
