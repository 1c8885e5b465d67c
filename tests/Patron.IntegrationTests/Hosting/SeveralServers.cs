using Patron.IntegrationTests.Hosting;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(SeveralServersFirst))]

namespace Patron.IntegrationTests.Hosting;

/// <summary>
/// Tests that each start several PostgreSQL servers and Patrons of their own. One of them runs at a time, beside the others: two cores are
/// too few for all of them at once.
/// </summary>
[CollectionDefinition(nameof(SeveralServers))]
public sealed class SeveralServers;

/// <summary>Starts with the longest collection, so that the run does not end with it alone.</summary>
public sealed class SeveralServersFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderByDescending(collection => collection.TestCollectionDisplayName == nameof(SeveralServers))];
}
