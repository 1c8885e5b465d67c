using Patron.Customers.Matching;

namespace Patron.CommandLine.Duplicates;

/// <summary>The result of a scan, as <c>--json</c> prints it.</summary>
internal sealed record DuplicatesSummary(int Records, IReadOnlyList<DuplicateCluster> Clusters, IReadOnlyList<DuplicateMatch> Pairs);

/// <summary>Records that are one customer's: their line numbers, or references.</summary>
internal sealed record DuplicateCluster(int Cluster, IReadOnlyList<string> Customers);

/// <summary>Two records with the probability that they are one customer's.</summary>
internal sealed record DuplicateMatch(string CustomerA, string CustomerB, double Score, int? Cluster, IReadOnlyList<string> Reasons);

/// <summary>Prints the duplicates of a scan.</summary>
internal sealed class DuplicatesReport(ScanResult result, MatchFile records)
{
    public void Print(bool isJson)
    {
        if (isJson)
        {
            JsonOutput.Print(new DuplicatesSummary(
                result.Records,
                [.. result.Clusters.Select((cluster, place) => new DuplicateCluster(place + 1, [.. cluster.Select(records.NameOf)]))],
                [.. result.Pairs.Select(pair => new DuplicateMatch(
                    records.NameOf(pair.Left), records.NameOf(pair.Right), pair.Probability, pair.Cluster, Texts(pair)))]));
            return;
        }

        var pairs = result.Pairs.ToLookup(pair => pair.Cluster);
        foreach (var (place, cluster) in result.Clusters.Index())
        {
            var customers = string.Join(", ", cluster.Select(record => CommandOutput.OneLine(records.NameOf(record))));
            Console.WriteLine(CommandOutput.Style(CommandOutput.Bold, $"{place + 1}. {customers}"));
            PrintPairs(pairs[place + 1]);
        }

        var others = pairs[null].ToList();
        if (others.Count > 0)
        {
            Console.WriteLine(CommandOutput.Style(CommandOutput.Bold, "Possible, but in no cluster"));
            PrintPairs(others);
        }

        Console.WriteLine(
            $"{CommandOutput.Count(result.Records, "record")}: {CommandOutput.Count(result.Clusters.Count, "cluster")}, "
            + CommandOutput.Count(others.Count, "other pair"));
    }

    private void PrintPairs(IEnumerable<MatchedPair> pairs)
    {
        foreach (var pair in pairs.OrderByDescending(pair => pair.Probability))
        {
            var customers = $"{records.NameOf(pair.Left)} = {records.NameOf(pair.Right)}";
            Console.WriteLine(CommandOutput.OneLine($"   {customers}  {pair.Probability:P1}  {string.Join(", ", Texts(pair))}"));
        }
    }

    private IReadOnlyList<string> Texts(MatchedPair pair) => [.. result.ReasonsOf(pair).Select(reason => reason.Text)];
}
