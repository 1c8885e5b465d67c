namespace Patron.IntegrationTests.Hosting;

/// <summary>Tests that need both cores, or measure how long something takes. Each runs after the parallel ones and beside no other.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
