using System.Collections.Concurrent;
using Patron.Customers.Matching;

namespace Patron.Customers.Duplicates;

/// <summary>The weights that the last scan of each organization learned, kept in memory until the next one. Thread-safe.</summary>
public sealed class MatchModelCache
{
    private readonly ConcurrentDictionary<Guid, (DateTimeOffset FinishedAt, MatchModel Model)> models = new();

    internal MatchModel? Find(Guid organizationId, DateTimeOffset finishedAt) =>
        models.TryGetValue(organizationId, out var cached) && cached.FinishedAt == finishedAt ? cached.Model : null;

    internal void Add(Guid organizationId, DateTimeOffset finishedAt, MatchModel model) => models[organizationId] = (finishedAt, model);
}

/// <summary>Reads the weights of an organization; one that was never scanned gets those that are assumed of any.</summary>
public sealed class MatchModels(DuplicateScans scans, MatchModelCache cache)
{
    internal async Task<MatchModel> ReadAsync(Guid organizationId, CancellationToken cancellationToken)
    {
        if (await scans.FindFinishedAsync(organizationId, cancellationToken) is { } finishedAt)
        {
            if (cache.Find(organizationId, finishedAt) is { } cached)
            {
                return cached;
            }

            if (await scans.ReadModelAsync(organizationId, cancellationToken) is { } model)
            {
                cache.Add(organizationId, finishedAt, model);
                return model;
            }
        }

        return MatchModel.Assumed(await scans.CountCustomersAsync(organizationId, cancellationToken));
    }
}
