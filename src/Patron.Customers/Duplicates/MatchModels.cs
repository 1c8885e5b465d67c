using System.Collections.Concurrent;
using Patron.Customers.Matching;

namespace Patron.Customers.Duplicates;

/// <summary>The weights that the last scan of each organization learned, kept in memory until the next one. Thread-safe.</summary>
public sealed class MatchModelCache
{
    private readonly ConcurrentDictionary<Guid, (DateTimeOffset FinishedAt, RecordMatcher Matcher)> matchers = new();

    internal RecordMatcher? Find(Guid organizationId, DateTimeOffset finishedAt) =>
        matchers.TryGetValue(organizationId, out var cached) && cached.FinishedAt == finishedAt ? cached.Matcher : null;

    internal void Add(Guid organizationId, DateTimeOffset finishedAt, RecordMatcher matcher) =>
        matchers[organizationId] = (finishedAt, matcher);
}

/// <summary>Reads the weights of an organization; an organization that was never scanned gets those of the field.</summary>
public sealed class MatchModels(DuplicateScans scans, MatchModelCache cache)
{
    internal async Task<RecordMatcher> ReadAsync(Guid organizationId, CancellationToken cancellationToken)
    {
        if (await scans.FindFinishedAsync(organizationId, cancellationToken) is not { } finishedAt)
        {
            return RecordMatcher.Default;
        }

        if (cache.Find(organizationId, finishedAt) is { } cached)
        {
            return cached;
        }

        var matcher = await scans.ReadModelAsync(organizationId, cancellationToken) is { } model
            ? new RecordMatcher(model) : RecordMatcher.Default;
        cache.Add(organizationId, finishedAt, matcher);
        return matcher;
    }
}
