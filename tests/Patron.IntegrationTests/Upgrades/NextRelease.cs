using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Patron.Hosting;
using Patron.IntegrationTests.PrivatePostgres;
using Patron.Shared;
using Patron.Shared.Database;

namespace Patron.IntegrationTests.Upgrades;

/// <summary>
/// A made-up next release: this program's migrations and those of the folder <c>Database/Migrations</c> here. To it, this program is the
/// previous release.
/// </summary>
internal static class NextRelease
{
    public static IReadOnlyList<MigrationSet> Sets { get; } =
        [.. PatronServices.MigrationSets(ProcessRole.All), new MigrationSet("customers", typeof(NextRelease).Assembly)];

    /// <summary>Migrates the database as the start of the next release would; the names of the applied migrations.</summary>
    public static async Task<IReadOnlyList<string>> MigrateAsync(string connectionString, ILogger<Migrator>? logger = null)
    {
        await using var pools = new DatabasePools(connectionString, null, NullLoggerFactory.Instance);
        return await new Migrator(pools, Sets, logger ?? NullLogger<Migrator>.Instance).MigrateAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Makes a migration of the next release one that older programs cannot run beside.</summary>
    public static Task MakeContractAsync(string connectionString, int number) =>
        DataFolder.ExecuteAsync(connectionString, $"UPDATE shared.migrations SET kind = 'contract' WHERE number = {number}");
}
