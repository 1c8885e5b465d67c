using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Patron.Shared;
using Patron.Shared.Background;

namespace Patron.IntegrationTests.Hosting;

/// <summary>
/// The servers of a test class, with a database of its own: one process, the accounts service alone, or two services.
/// A suite for several of them takes this class and has one derived class for each.
/// </summary>
public abstract class PatronApp(TestDatabase database) : IAsyncLifetime
{
    /// <summary>The server of accounts.</summary>
    public RunningPatron Accounts { get; private set; } = null!;

    /// <summary>The server of customers; the same one unless there are two services.</summary>
    public RunningPatron Customers { get; private set; } = null!;

    /// <summary>The clock of all servers of this test class: the real time plus <see cref="ShiftedTime.Shift"/>.</summary>
    public ShiftedTime Time { get; } = new();

    protected TestDatabase Database { get; } = database;

    /// <summary>Creates another, empty database.</summary>
    public Task<string> EmptyDatabaseAsync() => Database.CreateDatabaseAsync();

    /// <summary>Creates another database without a server, in the state after a first start of the role all.</summary>
    public Task<string> CopyOfDatabaseAsync() => Templates.CopyAsync(Database);

    public async ValueTask InitializeAsync() => (Accounts, Customers) = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Accounts.DisposeAsync();
        if (Customers != Accounts)
        {
            await Customers.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Starts a server on a migrated database with the first administrator.</summary>
    protected async Task<RunningPatron> StartAsync(ProcessRole role, Dictionary<string, string?>? settings = null, LogLines? logs = null) =>
        await RunningPatron.StartAsync(await Templates.CopyAsync(Database, role, settings), role, settings, Time, logs);

    protected abstract Task<(RunningPatron Accounts, RunningPatron Customers)> StartAsync();

    /// <summary>Runs SQL on the accounts database and returns its first value.</summary>
    public Task<T?> AccountsSqlAsync<T>(string sql, params object[] values) => SqlAsync<T>(Accounts.ConnectionString, sql, values);

    /// <summary>Runs SQL on the customers database and returns its first value.</summary>
    public Task<T?> CustomersSqlAsync<T>(string sql, params object[] values) => SqlAsync<T>(Customers.ConnectionString, sql, values);

    private static async Task<T?> SqlAsync<T>(string connectionString, string sql, object[] values)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return await command.ExecuteScalarAsync() is T result ? result : default;
    }
}

/// <summary>Role all: one process, one database.</summary>
public sealed class OneProcess(TestDatabase database) : PatronApp(database)
{
    protected override async Task<(RunningPatron Accounts, RunningPatron Customers)> StartAsync()
    {
        var server = await StartAsync(ProcessRole.All);
        return (server, server);
    }
}

/// <summary>Role accounts, without a customers service.</summary>
public sealed class AccountsAlone(TestDatabase database) : PatronApp(database)
{
    protected override async Task<(RunningPatron Accounts, RunningPatron Customers)> StartAsync()
    {
        var server = await StartAsync(ProcessRole.Accounts);
        return (server, server);
    }
}

/// <summary>Roles accounts and customers with two databases; the second gets the URL of the first.</summary>
public sealed class TwoServices(TestDatabase database) : PatronApp(database)
{
    protected override async Task<(RunningPatron Accounts, RunningPatron Customers)> StartAsync()
    {
        var accounts = await StartAsync(ProcessRole.Accounts);
        return (accounts, await StartAsync(ProcessRole.Customers, new() { ["PATRON_ACCOUNTS_URL"] = accounts.Address.ToString() }));
    }
}

/// <summary>One migrated database per role, created once per test run and cloned for each test class.</summary>
internal static class Templates
{
    private static readonly SemaphoreSlim Making = new(1);
    private static readonly Dictionary<ProcessRole, string> Made = [];

    /// <summary>
    /// A new database in the state after a first start; the customers service starts with these settings, because it needs the address of
    /// the other. Answers its connection string.
    /// </summary>
    public static async Task<string> CopyAsync(
        TestDatabase database, ProcessRole role = ProcessRole.All, Dictionary<string, string?>? settings = null) =>
        await database.CloneAsync(await GetAsync(database, role, settings));

    private static async Task<string> GetAsync(TestDatabase database, ProcessRole role, Dictionary<string, string?>? settings)
    {
        await Making.WaitAsync();
        try
        {
            if (!Made.TryGetValue(role, out var name))
            {
                var connectionString = await database.CreateDatabaseAsync();
                await using (var server = await RunningPatron.StartAsync(connectionString, role, role == ProcessRole.Customers ? settings : null))
                {
                    await AwaitMigrationsAsync(server.Services);
                }

                Made[role] = name = TestDatabase.NameOf(connectionString);
            }

            return name;
        }
        finally
        {
            Making.Release();
        }
    }

    // Or every server on a copy would build the indexes again.
    private static async Task AwaitMigrationsAsync(IServiceProvider services)
    {
        var finished = services.GetRequiredService<CompletedMigrations>();
        var names = services.GetServices<BackgroundMigration>().Select(migration => migration.Name).ToList();
        await Eventually.BecomeTrueAsync(async () =>
        {
            await finished.ReadAsync(CancellationToken.None);
            return names.TrueForAll(finished.Contains);
        });
    }
}
