using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Patron.Hosting;
using Patron.IntegrationTests.ApiTraffic;
using Patron.Shared;

namespace Patron.IntegrationTests.Hosting;

/// <summary>A server with the complete pipeline on a free port of this machine, in the process of the tests.</summary>
public sealed class RunningPatron : IAsyncDisposable
{
    /// <summary>The same in every test, so that the signing keys of a cloned database can be decrypted.</summary>
    public const string MasterKey = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    public const string AdminEmail = "admin@tests.example";
    public const string AdminPassword = "tests need one 7";

    /// <summary>
    /// Reduced, because the real number would take a third of the tests' time. Tests with separate processes use and check the real one.
    /// </summary>
    public const int PasswordIterations = 2_000;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private readonly WebApplication app;
    private bool isStopped;

    private RunningPatron(WebApplication app, string connectionString, string dataFolder)
    {
        this.app = app;
        ConnectionString = connectionString;
        DataFolder = dataFolder;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
        Client = NewClient();
    }

    public Uri Address { get; }

    /// <summary>A client without credentials.</summary>
    public HttpClient Client { get; }

    /// <summary>Whether the test makes the server fail on purpose. Otherwise a 500 fails the test.</summary>
    public bool ExpectsServerErrors { get; set; }

    public string ConnectionString { get; }

    public string DataFolder { get; }

    public IServiceProvider Services => app.Services;

    /// <summary>Starts a server and waits until it is ready.</summary>
    public static async Task<RunningPatron> StartAsync(
        string connectionString, ProcessRole role = ProcessRole.All, IReadOnlyDictionary<string, string?>? settings = null, TimeProvider? time = null,
        ILoggerProvider? logs = null, string url = "http://127.0.0.1:0", Action<IServiceCollection>? addServices = null)
    {
        var server = await LaunchAsync(connectionString, role, settings, time, logs, url, addServices);
        try
        {
            await server.Services.GetRequiredService<StartSignal>().Completion.WaitAsync(Timeout);
            return server;
        }
        catch
        {
            await server.DisposeAsync(); // Or it would go on trying beside all other tests.
            throw;
        }
    }

    /// <summary>Starts a server without waiting for its database.</summary>
    public static async Task<RunningPatron> LaunchAsync(
        string connectionString, ProcessRole role = ProcessRole.All, IReadOnlyDictionary<string, string?>? settings = null, TimeProvider? time = null,
        ILoggerProvider? logs = null, string url = "http://127.0.0.1:0", Action<IServiceCollection>? addServices = null)
    {
        var dataFolder = Directory.CreateTempSubdirectory("patron-test-data-").FullName;
        var built = PatronServer.Build(SettingsFor(dataFolder, role, settings), connectionString, [url], builder =>
        {
            builder.Logging.ClearProviders();
            if (logs is not null)
            {
                builder.Logging.AddProvider(logs);
            }

            if (time is not null)
            {
                builder.Services.AddSingleton(time);
            }

            builder.Services.PostConfigure<PasswordHasherOptions>(hasher => hasher.IterationCount = PasswordIterations);
            addServices?.Invoke(builder.Services);
        });
        await built.StartAsync();
        return new RunningPatron(built, connectionString, dataFolder);
    }

    /// <summary>The settings of a test server, with an administrator and the master key.</summary>
    public static PatronSettings SettingsFor(string dataFolder, ProcessRole role = ProcessRole.All, IReadOnlyDictionary<string, string?>? settings = null) =>
        SettingsReader.Read(
            new ConfigurationBuilder()
                .AddInMemoryCollection(new Dictionary<string, string?>
                {
                    ["PATRON_ADMIN_EMAIL"] = AdminEmail,
                    ["PATRON_ADMIN_PASSWORD"] = AdminPassword,
                    ["Keys:Master"] = MasterKey,
                })
                .AddInMemoryCollection(settings ?? new Dictionary<string, string?>())
                .Build(),
            role, dataFolder);

    /// <summary>A client whose requests and answers are compared with docs/openapi.json.</summary>
    public HttpClient NewClient() => new(new CheckedTraffic(() => ExpectsServerErrors)) { BaseAddress = Address };

    /// <summary>Stops the server; can be called twice.</summary>
    public async ValueTask DisposeAsync()
    {
        if (isStopped)
        {
            return;
        }

        isStopped = true;
        Client.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        Directory.Delete(DataFolder, recursive: true);
    }
}
