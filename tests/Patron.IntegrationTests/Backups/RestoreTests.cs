using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Processes;

namespace Patron.IntegrationTests.Backups;

/// <summary>Backups that running servers and commands take, and what a restore makes of them.</summary>
[Collection(nameof(SeveralServers))]
public sealed class RestoreTests : IAsyncDisposable
{
    private readonly BackedUpPatron backups = new();

    public async ValueTask DisposeAsync() => await backups.DisposeAsync();

    [Fact]
    public async Task Restore_after_a_crash_has_every_acknowledged_write_and_no_valid_session()
    {
        // Nothing listens on the mail server's port, so mails wait.
        var patron = await backups.StartWithBackupsAsync(settings: [("Mail__Host", "127.0.0.1"), ("Mail__Port", "1"), ("Mail__Security", "none")]);
        var session = await SignInAsync(patron);
        var token = session.GetProperty("access_token").GetString()!;
        var last = default(JsonElement);
        for (var number = 1; number <= 20; number++)
        {
            last = await (await patron.PostCustomerAsync(token, $"customer{number}@example.com")).ShouldBeAsync(HttpStatusCode.Created);
        }

        (await patron.PostRegistrationAsync("jane@example.com")).EnsureSuccessStatusCode();
        await patron.UntilAsync(async () => (await WalDelayAsync(patron)) == 0);
        await backups.KillAsync(patron);

        var restored = backups.NewFolder();
        var output = await BackedUpPatron.SucceedAsync("restore", backups.Backups, "--data", restored.Location, "--key", backups.MasterKey);

        Assert.Contains("Ended 2 sessions", output, StringComparison.Ordinal);
        Assert.Contains("Parked 1 mail that waited", output, StringComparison.Ordinal);
        patron = await backups.StartAsync(restored);
        Assert.Equal(HttpStatusCode.Unauthorized, (await patron.GetAsync("/api/v1/customers/", token)).StatusCode);
        var refresh = await patron.Client.PostAsJsonAsync(
            "/api/auth/token/refresh/", new { refresh = session.GetProperty("tokens").GetProperty("refresh").GetString() });
        Assert.Equal(HttpStatusCode.Unauthorized, refresh.StatusCode);

        var connection = restored.ConnectionString();
        Assert.Equal(20, await ProcessIntents.CountAsync(connection, "SELECT count(*) FROM customers.customers WHERE email LIKE 'customer%@example.com'"));
        Assert.Equal(1, await ProcessIntents.CountAsync(connection, "SELECT count(*) FROM shared.audit_entries WHERE action = 'database.restored'"));
        Assert.Equal(1, await ProcessIntents.CountAsync(connection, "SELECT count(*) FROM shared.outbox_messages WHERE due_at = 'infinity'"));
        token = await patron.TokenAsync();
        var next = await (await patron.PostCustomerAsync(token, "next@example.com")).ShouldBeAsync(HttpStatusCode.Created);
        Assert.True(next.GetProperty("id").GetInt64() >= last.GetProperty("id").GetInt64() + 10_000);
    }

    [Fact]
    public async Task Restore_to_a_moment_leaves_out_later_changes_and_repeats_later_erasures()
    {
        var patron = await backups.StartWithBackupsAsync();
        var token = await patron.TokenAsync();
        var erased = await (await patron.PostCustomerAsync(token, "erased@example.com")).ShouldBeAsync(HttpStatusCode.Created);
        await (await patron.PostCustomerAsync(token, "kept@example.com")).ShouldBeAsync(HttpStatusCode.Created);
        var moment = await NowAsync();
        await (await patron.PostCustomerAsync(token, "later@example.com")).ShouldBeAsync(HttpStatusCode.Created);
        await EraseAsync(patron, token, erased.GetProperty("customer_id").GetString()!);
        await BackedUpPatron.SucceedAsync("backup", backups.Backups, "--data", backups.Data.Location); // Notes the erasure.
        await patron.UntilAsync(async () => (await WalDelayAsync(patron)) == 0);
        await patron.StopAsync();

        var restored = backups.NewFolder();
        var output = await BackedUpPatron.SucceedAsync(
            "restore", backups.Backups, "--data", restored.Location, "--key", backups.MasterKey, "--at", moment);

        Assert.Contains("Erased 1 customer again", output, StringComparison.Ordinal);
        await backups.StartAsync(restored);
        var emails = await ProcessIntents.CountAsync(
            restored.ConnectionString(), "SELECT count(*) FROM customers.customers WHERE email IN ('kept@example.com', 'later@example.com', 'erased@example.com')");
        Assert.Equal(1, emails);
        Assert.Equal(1, await ProcessIntents.CountAsync(restored.ConnectionString(), "SELECT count(*) FROM customers.customers WHERE email = 'kept@example.com'"));
    }

    [Fact]
    public async Task Restored_installation_begins_a_backup_of_its_own_and_can_be_restored_again()
    {
        var patron = await backups.StartWithBackupsAsync();
        await backups.KillAsync(patron);
        var first = backups.NewFolder();
        await BackedUpPatron.SucceedAsync("restore", backups.Backups, "--data", first.Location, "--key", backups.MasterKey);

        patron = await backups.StartAsync(first, ("Backup__Folder", backups.Backups));
        await patron.UntilAsync(() => Task.FromResult(backups.Names().Count == 2));
        await (await patron.PostCustomerAsync(await patron.TokenAsync(), "second@example.com")).ShouldBeAsync(HttpStatusCode.Created);
        await patron.UntilAsync(async () => (await WalDelayAsync(patron)) == 0);
        await patron.StopAsync();
        var second = backups.NewFolder();
        await BackedUpPatron.SucceedAsync("restore", backups.Backups, "--data", second.Location, "--key", backups.MasterKey);

        await backups.StartAsync(second);
        Assert.Equal(1, await ProcessIntents.CountAsync(second.ConnectionString(), "SELECT count(*) FROM customers.customers WHERE email = 'second@example.com'"));
    }

    [Fact]
    public async Task Interrupted_restore_leaves_a_folder_that_no_command_uses()
    {
        var patron = await backups.StartWithBackupsAsync();
        await patron.StopAsync();
        File.WriteAllText(Path.Combine(backups.Data.Location, "restore.unfinished"), "");

        var refusal = await BackedUpPatron.FailAsync("recount", "--data", backups.Data.Location);

        Assert.Contains("was interrupted. Delete the folder and restore again.", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_restore_ends_sessions_and_parked_mails_can_be_sent()
    {
        var patron = await backups.StartAsync(settings: [("Mail__Host", "127.0.0.1"), ("Mail__Port", "1"), ("Mail__Security", "none")]);
        (await patron.PostRegistrationAsync("jane@example.com")).EnsureSuccessStatusCode();
        await patron.StopAsync();
        string[] data = ["--data", backups.Data.Location];

        Assert.Contains("Add --yes to confirm", await BackedUpPatron.FailAsync(["after-restore", .. data]), StringComparison.Ordinal);
        var output = await BackedUpPatron.SucceedAsync(["after-restore", "--yes", .. data]);

        Assert.Contains("Ended 1 session", output, StringComparison.Ordinal);
        Assert.Contains("There's no list of erasures", output, StringComparison.Ordinal);
        Assert.Contains("1 mail parked", await BackedUpPatron.SucceedAsync(["mail", "parked", .. data]), StringComparison.Ordinal);
        Assert.Contains("parked mails: 1 mail waited", (await BackedUpPatron.RunAsync(["doctor", .. data])).Output, StringComparison.Ordinal);
        await BackedUpPatron.SucceedAsync(["mail", "parked", "--send", .. data]);
        patron = await backups.StartAsync();
        await patron.UntilAsync(() => Task.FromResult(Directory.Exists(Path.Combine(backups.Data.Location, "mail"))
            && Directory.GetFiles(Path.Combine(backups.Data.Location, "mail"), "*.eml").Length == 1));
    }

    private static async Task<JsonElement> SignInAsync(PatronProcess patron)
    {
        var answer = await patron.Client.PostAsJsonAsync(
            "/api/auth/login/", new { email = RunningPatron.AdminEmail, password = RunningPatron.AdminPassword });
        return await answer.ShouldBeAsync(HttpStatusCode.OK);
    }

    private static async Task EraseAsync(PatronProcess patron, string token, string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"/api/v1/customers/{id}/hard")
        {
            Headers = { Authorization = new("Bearer", token) },
        };
        (await patron.Client.SendAsync(request)).EnsureSuccessStatusCode();
    }

    private static async Task<double?> WalDelayAsync(PatronProcess patron)
    {
        var backup = (await BackedUpPatron.HealthAsync(patron)).GetProperty("backup");
        return backup.GetProperty("wal_delay") is { ValueKind: JsonValueKind.Number } delay ? delay.GetDouble() : null;
    }

    // The database's clock, because its commits have its time.
    private async Task<string> NowAsync()
    {
        var now = (DateTime)(await PrivatePostgres.DataFolder.ExecuteAsync(backups.Data.ConnectionString(), "SELECT clock_timestamp()"))!;
        return now.ToString("O", CultureInfo.InvariantCulture);
    }
}
