using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Patron.IntegrationTests;
using Patron.PrivatePostgres;

[assembly: AssemblyFixture(typeof(TestDatabase))]

namespace Patron.IntegrationTests;

/// <summary>
/// One fast, forgetful PostgreSQL for the whole test run, started by the first test that asks, stopped and deleted at the end.
/// Tests take it as a constructor parameter. bench/pgbouncer gives it a server and the connection string of a pooler in front of it.
/// </summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private const string Prefix = "patron-tests-";

    private static readonly string? GivenServer = Environment.GetEnvironmentVariable("PATRON_TEST_SERVER");
    private static readonly string? Pooler = Environment.GetEnvironmentVariable("PATRON_TEST_POOLER");

    private readonly Lazy<Task<PrivatePostgresServer>> server;
    private readonly string dataFolder = Path.Combine(Path.GetTempPath(), Prefix + Guid.NewGuid().ToString("N")[..12]);
    private int databases;

    public TestDatabase() => server = new(StartAsync);

    /// <summary>A new empty database; answers its connection string.</summary>
    public async Task<string> CreateDatabaseAsync() => await CreateAsync("template1");

    /// <summary>A copy of a database, as it is now; ends whatever is still connected to the original. Answers the copy's connection string.</summary>
    public async Task<string> CloneAsync(string templateName)
    {
        await ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", templateName);
        return await CreateAsync(templateName);
    }

    /// <summary>Drops a database and ends its connections.</summary>
    public async Task DropAsync(string name) => await ExecuteAsync($"DROP DATABASE IF EXISTS {Quote(name)} WITH (FORCE)");

    /// <summary>The name of the database that a connection string is for.</summary>
    public static string NameOf(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString).Database!;

    public async ValueTask DisposeAsync()
    {
        if (!server.IsValueCreated)
            return;

        NpgsqlConnection.ClearAllPools();
        await (await server.Value).DisposeAsync();
        Directory.Delete(dataFolder, recursive: true);
    }

    private async Task<string> CreateAsync(string template)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref databases)}");
        // Half as much work as the default, which writes the copy into the WAL of a server that forgets it anyway.
        await ExecuteAsync($"CREATE DATABASE {Quote(name)} TEMPLATE {Quote(template)} STRATEGY FILE_COPY");
        var connectionString = Pooler ?? await GetServerAsync();
        return new NpgsqlConnectionStringBuilder(connectionString) { Database = name, IncludeErrorDetail = true }.ConnectionString;
    }

    private async Task ExecuteAsync(string sql, params string[] values)
    {
        var connectionString = new NpgsqlConnectionStringBuilder(await GetServerAsync()) { Pooling = false }.ConnectionString;
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    private async Task<string> GetServerAsync() => GivenServer ?? (await server.Value).ConnectionString;

    private async Task<PrivatePostgresServer> StartAsync()
    {
        await RemoveLeftoversAsync();
        return await PrivatePostgresServer.StartAsync(
            new PrivatePostgresOptions { DataFolder = dataFolder, Durable = false }, NullLogger.Instance, CancellationToken.None);
    }

    /// <summary>
    /// A killed test run leaves its server running: attaching to it as its only user, and leaving, stops it. The age spares a run that just begins.
    /// </summary>
    private static async Task RemoveLeftoversAsync()
    {
        var folders = new DirectoryInfo(Path.GetTempPath()).GetDirectories(Prefix + "*");
        foreach (var folder in folders.Where(folder => folder.CreationTimeUtc < DateTime.UtcNow.AddHours(-1)))
        {
            try
            {
                var options = new PrivatePostgresOptions { DataFolder = folder.FullName, Durable = false };
                await (await PrivatePostgresServer.StartAsync(options, NullLogger.Instance, CancellationToken.None)).DisposeAsync();
                if (!File.Exists(Path.Combine(folder.FullName, "postgres", "postmaster.pid")))
                    folder.Delete(recursive: true);
            }
            catch (Exception othersFolder) when (othersFolder is PrivatePostgresException or IOException or UnauthorizedAccessException)
            {
                // Another user's, or beyond repair: theirs to remove.
            }
        }
    }

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
