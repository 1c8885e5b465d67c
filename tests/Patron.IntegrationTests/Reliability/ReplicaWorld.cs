using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;
using Patron.PrivatePostgres;
using Patron.Shared;
using Patron.Shared.Database;

namespace Patron.IntegrationTests.Reliability;

/// <summary>
/// Two servers on one PostgreSQL with a replica. The first one accepts answers of the replica that are ten minutes old, so that it shows
/// old data as long as the replay is paused; the second one two seconds.
/// </summary>
public sealed class ReplicaWorld(TestDatabase databases) : PatronApp(databases), IAsyncDisposable
{
    public const string Position = "Patron-Position";

    private readonly DataFolder folder = new();
    private PrivatePostgresServer? primary;
    private PostgresStandby? standby;

    /// <summary>The server whose reads are at most two seconds old.</summary>
    public RunningPatron Prompt { get; private set; } = null!;

    internal PostgresStandby Standby => standby!;

    internal string Primary => primary!.ConnectionString;

    /// <summary>A server on the same database, with a connection string for replicas.</summary>
    public Task<RunningPatron> StartServerAsync(string reads, string mostLag = "00:00:02") =>
        RunningPatron.StartAsync(Primary, ProcessRole.All, Settings(Primary, reads, mostLag), Time);

    public static Dictionary<string, string?> Settings(string primary, string reads, string mostLag) => new()
    {
        ["ConnectionStrings:Patron"] = primary, ["ConnectionStrings:PatronReads"] = reads, ["Reads:MostLag"] = mostLag,
    };

    /// <summary>Runs what is only true while the replica stands still.</summary>
    public async Task WhilePausedAsync(Func<Task> act)
    {
        await Standby.CatchUpAsync(Primary);
        await UntilAnswersComeFromAsync(Accounts, isReplica: true);
        await Standby.PauseAsync();
        try
        {
            await act();
        }
        finally
        {
            await Standby.CatchUpAsync(Primary);
        }
    }

    /// <summary>Waits until reads of the server are answered by a replica or by the primary.</summary>
    public static Task UntilAnswersComeFromAsync(RunningPatron server, bool isReplica) =>
        Eventually.BecomeTrueAsync(async () => await IsReplicaAsync(server) == isReplica);

    /// <summary>Whether a read outside of transactions is answered by a replica.</summary>
    public static async Task<bool> IsReplicaAsync(RunningPatron server)
    {
        await using var scope = server.Services.CreateAsyncScope();
        return await IsReplicaAsync(scope.ServiceProvider.GetRequiredService<DatabaseSession>());
    }

    public static async Task<bool> IsReplicaAsync(DatabaseSession session) =>
        (await session.QueryOnReplicaAsync("SELECT pg_is_in_recovery()", row => row.Flag(), CancellationToken.None)).Single();

    /// <summary>The position that a write has answered.</summary>
    public static (string Name, string Value) PositionOf(HttpResponseMessage written) => (Position, Assert.Single(written.Headers.GetValues(Position)));

    /// <summary>Creates a customer; its position.</summary>
    public async Task<(string Name, string Value)> WriteAsync(Person staff, object? body = null)
    {
        using var written = await this.PostCustomerAsync(staff, body ?? CustomerIntents.JohnDoe());
        await written.ShouldBeAsync(HttpStatusCode.Created);
        return PositionOf(written);
    }

    /// <summary>Gets a path below that of customers.</summary>
    public async Task<JsonElement> ReadAsync(Person staff, string path, params (string Name, string Value)[] headers) =>
        await (await Customers.SendAsync(HttpMethod.Get, path, staff, null, headers)).ShouldBeAsync(HttpStatusCode.OK);

    /// <summary>The state of a server, and of its replicas if it has any.</summary>
    public static async Task<(string Status, string? Reads)> HealthAsync(RunningPatron server)
    {
        var health = await (await server.Client.GetAsync("/health")).ShouldBeAsync(HttpStatusCode.OK);
        return (health.Text("status")!, health.GetProperty("checks").TryGetProperty("reads", out var reads) ? reads.GetString() : null);
    }

    protected override async Task<(RunningPatron Accounts, RunningPatron Customers)> StartAsync()
    {
        primary = await folder.StartAsync(durable: true);
        standby = await PostgresStandby.StartAsync(folder, Primary);
        var server = await StartServerAsync(Standby.ConnectionString, "00:10:00");
        Prompt = await StartServerAsync(Standby.ConnectionString);
        await UntilAnswersComeFromAsync(server, isReplica: true);
        return (server, server);
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await Prompt.DisposeAsync();
        await DisposeAsync();
        await Standby.DisposeAsync();
        await primary!.DisposeAsync();
        folder.Dispose();
    }
}
