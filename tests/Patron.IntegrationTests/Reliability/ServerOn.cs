using Microsoft.Extensions.Logging;
using Patron.IntegrationTests.Hosting;
using Patron.Shared;

namespace Patron.IntegrationTests.Reliability;

/// <summary>A server on a database of the test's choice, for those who do something to the way there.</summary>
internal sealed class ServerOn(TestDatabase databases, string connectionString, Dictionary<string, string?>? settings = null, ILoggerProvider? logs = null) : PatronApp(databases)
{
    protected override async Task<(RunningPatron Accounts, RunningPatron Customers)> StartAsync()
    {
        var server = await RunningPatron.StartAsync(connectionString, ProcessRole.All, settings, Time, logs);
        return (server, server);
    }

    /// <summary>A started server.</summary>
    public static async Task<ServerOn> StartAsync(
        TestDatabase databases, string connectionString, Dictionary<string, string?>? settings = null, ILoggerProvider? logs = null)
    {
        var server = new ServerOn(databases, connectionString, settings, logs);
        await server.InitializeAsync();
        return server;
    }
}
