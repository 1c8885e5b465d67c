using System.Text.Json;
using System.Text.Json.Serialization;
using Patron.Customers.Matching;

namespace Patron.Linkage;

/// <summary>Prints the wrong pairs with the highest scores and the true pairs with the lowest ones.</summary>
internal static class Errors
{
    private static readonly JsonSerializerOptions Options = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Print(ScanResult result, IReadOnlyList<MatchInput> records, IReadOnlyList<string> truth, int limit)
    {
        var wrong = result.Pairs.Where(pair => truth[pair.Left] != truth[pair.Right]).OrderByDescending(pair => pair.Probability);
        Print("wrong", wrong.Take(limit), result, records);
        var apart = result.Pairs.Where(pair => truth[pair.Left] == truth[pair.Right] && pair.Cluster is null);
        Print("apart", apart.OrderBy(pair => pair.Probability).Take(limit), result, records);
        var scored = result.Pairs.Select(pair => (pair.Left, pair.Right)).ToHashSet();
        var missed = truth.Index().GroupBy(record => record.Item, record => record.Index, StringComparer.Ordinal)
            .SelectMany(group => group.SelectMany(one => group.Where(other => other > one).Select(other => (one, other))))
            .Where(pair => !scored.Contains(pair)).Take(limit);
        foreach (var (one, other) in missed)
        {
            Console.WriteLine($"missed\n    {Show(records[one])}\n    {Show(records[other])}");
        }
    }

    private static void Print(string kind, IEnumerable<MatchedPair> pairs, ScanResult result, IReadOnlyList<MatchInput> records)
    {
        foreach (var pair in pairs)
        {
            var reasons = string.Join("; ", result.ReasonsOf(pair).Select(reason => $"{reason.Text} {reason.Weight:F1}"));
            Console.WriteLine($"{kind} {pair.Probability:F9} {reasons}\n    {Show(records[pair.Left])}\n    {Show(records[pair.Right])}");
        }
    }

    private static string Show(MatchInput record) => JsonSerializer.Serialize(record, Options);
}

/// <summary>Generated customers, made again where one is asked for, so that they need no memory.</summary>
internal sealed class GeneratedRecords(CustomerGenerator generator, int count) : IReadOnlyList<MatchInput>
{
    public int Count => count;

    public MatchInput this[int index] => generator.Make(index);

    public IEnumerator<MatchInput> GetEnumerator() => generator.Generate().GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
}
