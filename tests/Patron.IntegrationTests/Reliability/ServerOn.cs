using Microsoft.Extensions.Logging;
using Patron.IntegrationTests.Hosting;
using Patron.Shared;

namespace Patron.IntegrationTests.Reliability;

/// <summary>A server on a given database, for tests that manipulate the connection.</summary>
internal sealed class ServerOn(TestDatabase databases, string connectionString, Dictionary<string, string?>? settings = null, ILoggerProvider? logs = null) : PatronApp(databases)
{
    protected override async Task<(RunningPatron Accounts, RunningPatron Customers)> StartAsync()
    {
        var server = await RunningPatron.StartAsync(connectionString, ProcessRole.All, settings, Time, logs);
        return (server, server);
    }

    /// <summary>Terminates all connections to the database except this one.</summary>
    public Task EndConnectionsAsync() =>
        AccountsSqlAsync<object>("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");

    /// <summary>Makes every insert of a customer wait for a minute.</summary>
    public async Task MakeInsertsHangAsync()
    {
        await CustomersSqlAsync<object>("CREATE FUNCTION wait_long() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NULL; END'");
        await CustomersSqlAsync<object>("CREATE TRIGGER wait_long AFTER INSERT ON customers.customers FOR EACH STATEMENT EXECUTE FUNCTION wait_long()");
    }

    /// <summary>Waits until such an insert hangs.</summary>
    public Task UntilAnInsertHangsAsync() => Eventually.BecomeTrueAsync(async () =>
        await CustomersSqlAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'") == 1);

    /// <summary>A started server.</summary>
    public static async Task<ServerOn> StartAsync(
        TestDatabase databases, string connectionString, Dictionary<string, string?>? settings = null, ILoggerProvider? logs = null)
    {
        var server = new ServerOn(databases, connectionString, settings, logs);
        await server.InitializeAsync();
        return server;
    }
}
