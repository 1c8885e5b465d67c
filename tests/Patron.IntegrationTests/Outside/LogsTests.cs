using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;
using Patron.IntegrationTests.Processes;
using Patron.Shared;
using PatronProcess = Patron.IntegrationTests.Processes.PatronProcess;

namespace Patron.IntegrationTests.Outside;

public sealed class LogsTests(TestDatabase databases)
{
    [Fact]
    public async Task Requests_leave_no_personal_data_in_the_logs()
    {
        using var lines = new LogLines();
        await using var app = new Logged(databases, lines);
        await app.InitializeAsync();

        var personal = await Session.RunAsync(app);

        var logged = lines.Text;
        Assert.Contains("Patron is ready", logged, StringComparison.Ordinal);
        Assert.All(personal, word => Assert.DoesNotContain(word, logged, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task JSON_log_lines_are_objects_without_personal_data()
    {
        using var folder = new DataFolder();
        var settings = PatronProcess.SettingsFor(await databases.CreateDatabaseAsync(), ("Logs__Format", "json"));
        await using var patron = await PatronProcess.StartAsync(folder.Location, settings);
        var email = Intents.NewEmail("jonathan");
        await patron.PostRegistrationAsync(email);
        await patron.PostRegistrationAsync(email);
        var token = await patron.TokenAsync();
        await patron.GetAsync($"/api/v1/customers/email/{email}", token);
        Assert.Equal(0, await patron.StopAsync());

        Assert.Empty(patron.Output);
        var lines = patron.Errors.Split('\n');
        Assert.All(lines, line => Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(line).RootElement.ValueKind));
        Assert.Contains(lines, line => JsonDocument.Parse(line).RootElement.GetProperty("Message").GetString()!.StartsWith("Patron is ready", StringComparison.Ordinal));
        Assert.DoesNotContain("jonathan", patron.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(RunningPatron.AdminEmail, patron.Errors, StringComparison.Ordinal);
    }

    private sealed class Logged(TestDatabase database, ILoggerProvider logs) : PatronApp(database)
    {
        protected override async Task<(RunningPatron Accounts, RunningPatron Customers)> StartAsync()
        {
            // An empty database, so that the first start is logged too.
            var server = await RunningPatron.StartAsync(await Database.CreateDatabaseAsync(), ProcessRole.All, null, Time, logs);
            return (server, server);
        }
    }
}
