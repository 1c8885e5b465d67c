using System.Collections.Concurrent;

namespace Patron.Customers.Search;

/// <summary>
/// Remembers for a minute which conditions more customers match than are counted: finding that out again would cost more than the page.
/// Each process has its own.
/// </summary>
public sealed class ManyMatches(TimeProvider time)
{
    private const int MaxEntries = 1000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, long> found = new(StringComparer.Ordinal);

    public bool Contains(string conditions) =>
        found.TryGetValue(conditions, out var at) && time.GetElapsedTime(at) < Lifetime;

    public void Add(string conditions)
    {
        if (found.Count >= MaxEntries)
        {
            found.Clear();
        }

        found[conditions] = time.GetTimestamp();
    }
}
