namespace Patron.Customers.Matching;

/// <summary>Pairs of records that people have declared to be two customers, by their numbers in the scanned list.</summary>
public sealed class DismissedPairs
{
    private readonly HashSet<(int, int)> pairs = [];

    public static DismissedPairs None => new();

    public int Count => pairs.Count;

    public void Add(int one, int other) => pairs.Add((Math.Min(one, other), Math.Max(one, other)));

    public bool Contains(int one, int other) => pairs.Contains((Math.Min(one, other), Math.Max(one, other)));

    /// <summary>All pairs, the smaller number first.</summary>
    public IEnumerable<(int One, int Other)> All => pairs;
}
