namespace Patron.IntegrationTests.Hosting;

/// <summary>
/// Tests that each start several PostgreSQL servers and Patrons of their own. One of them runs at a time, beside the others: two cores are
/// too few for all of them at once.
/// </summary>
[CollectionDefinition(nameof(SeveralServers))]
public sealed class SeveralServers;
