using System.Text.Json;
using Npgsql;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;
using Patron.IntegrationTests.Processes;

namespace Patron.IntegrationTests.Backups;

/// <summary><c>patron backup</c> and the refusals of <c>patron restore</c>, with one backup for all tests.</summary>
[Collection(nameof(SeveralServers))]
public sealed class BackupCommandTests(BackupCommandTests.Taken taken) : IClassFixture<BackupCommandTests.Taken>
{
    private const string Phrase = "four random words here";
    private static readonly (string, string)[] WithPhrase = [("PATRON_BACKUP_PASSPHRASE", Phrase)];

    private string Folder => taken.Backups.Backups;

    private string Key => taken.Backups.MasterKey;

    [Fact]
    public void Backup_describes_itself_and_only_its_owner_can_read_it()
    {
        var backup = Path.Combine(Folder, taken.Backups.Names()[0]);
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(backup, "backup.json")));

        Assert.Equal("base", manifest.RootElement.GetProperty("kind").GetString());
        Assert.Equal("all", manifest.RootElement.GetProperty("role").GetString());
        Assert.Equal(1, manifest.RootElement.GetProperty("counts").GetProperty("accounts.users").GetInt64());
        Assert.True(manifest.RootElement.GetProperty("migrations").GetProperty("customers").GetString()!.Length > 4);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(backup));
        Assert.DoesNotContain(File.ReadAllText(Key), File.ReadAllText(Path.Combine(backup, "secrets.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proof_restores_the_newest_backup_and_compares_its_rows()
    {
        var output = await BackedUpPatron.SucceedAsync("backup", Folder, "--prove");

        Assert.Matches(@"can be restored: \d+ rows in \d+ tables, as when it was taken\.", output);
        Assert.Empty(Directory.GetDirectories(Path.GetTempPath(), "patron-proof-*"));
    }

    [Fact]
    public async Task Passphrase_brings_back_the_key_and_the_settings()
    {
        using var restored = new DataFolder();

        await BackedUpPatron.SucceedAsync(WithPhrase, "restore", Folder, "--data", restored.Location);

        Assert.Equal(File.ReadAllText(Key), File.ReadAllText(Path.Combine(restored.Location, "master.key")));
        Assert.Contains("Northwind", File.ReadAllText(Path.Combine(restored.Location, "settings.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restore_is_refused_with_a_sentence_and_leaves_nothing()
    {
        using var restored = new DataFolder();
        string[] restore = ["restore", Folder, "--data", restored.Location];
        var otherKey = Path.Combine(Folder, "other.key");
        File.WriteAllText(otherKey, Convert.ToBase64String(new byte[32]));

        Assert.Contains("isn't empty", await BackedUpPatron.FailAsync("restore", Folder, "--data", taken.Backups.Data.Location), StringComparison.Ordinal);
        Assert.Contains("--data NEW", await BackedUpPatron.FailAsync("restore", Folder), StringComparison.Ordinal);
        Assert.Contains("no backup in", await BackedUpPatron.FailAsync("restore", restored.Location, "--data", restored.Location + "x"), StringComparison.Ordinal);
        Assert.Contains("another master key", await BackedUpPatron.FailAsync([.. restore, "--key", otherKey]), StringComparison.Ordinal);
        Assert.Contains("passphrase doesn't fit", await BackedUpPatron.FailAsync([("PATRON_BACKUP_PASSPHRASE", "wrong wrong wrong")], restore), StringComparison.Ordinal);
        Assert.Contains("Set PATRON_BACKUP_PASSPHRASE", await BackedUpPatron.FailAsync(restore), StringComparison.Ordinal);
        Assert.Contains("Choose a later time", await BackedUpPatron.FailAsync([.. restore, "--at", "2020-01-01T00:00Z"]), StringComparison.Ordinal);
        File.CreateSymbolicLink(Path.Combine(Folder, taken.Backups.Names()[0], "postgres", "link"), "/etc");
        Assert.Contains("symbolic link", await BackedUpPatron.FailAsync([.. restore, "--key", Key]), StringComparison.Ordinal);
        File.Delete(Path.Combine(Folder, taken.Backups.Names()[0], "postgres", "link"));
        Assert.Contains("Add --role all", await BackedUpPatron.FailAsync([.. restore, "--role", "accounts"]), StringComparison.Ordinal);
        Assert.False(Directory.Exists(restored.Location));
    }

    [Fact]
    public async Task Short_passphrase_and_missing_folder_are_refused()
    {
        string[] data = ["--data", taken.Backups.Data.Location];

        Assert.Contains("12 characters or more", await BackedUpPatron.FailAsync([("PATRON_BACKUP_PASSPHRASE", "short")], ["backup", Folder, "--with-key", .. data]), StringComparison.Ordinal);
        Assert.Contains("Name a folder", await BackedUpPatron.FailAsync(["backup", .. data]), StringComparison.Ordinal);
    }

    /// <summary>A stopped Patron with one backup that contains its key.</summary>
    public sealed class Taken : IAsyncLifetime
    {
        internal BackedUpPatron Backups { get; } = new();

        public async ValueTask InitializeAsync()
        {
            var patron = await Backups.StartAsync();
            await patron.StopAsync();
            File.WriteAllText(Path.Combine(Backups.Data.Location, "settings.json"), """{"Accounts": {"Brand": "Northwind"}}""");
            await BackedUpPatron.SucceedAsync(WithPhrase, "backup", Backups.Backups, "--with-key", "--data", Backups.Data.Location);
        }

        public async ValueTask DisposeAsync() => await Backups.DisposeAsync();
    }
}

/// <summary>Backups that meet trouble: two at once, a kill, damage, a folder that is unset, a database of another server.</summary>
[Collection(nameof(SeveralServers))]
public sealed class BackupTroubleTests(TestDatabase databases) : IAsyncDisposable
{
    private readonly BackedUpPatron backups = new();

    public async ValueTask DisposeAsync() => await backups.DisposeAsync();

    [Fact]
    public async Task Of_two_backups_at_once_one_is_taken_and_the_other_refused_or_after_it()
    {
        var patron = await backups.StartAsync();
        string[] command = ["backup", backups.Backups, "--data", backups.Data.Location];

        var answers = await Task.WhenAll(BackedUpPatron.RunAsync(command), BackedUpPatron.RunAsync(command));

        Assert.Contains(answers, answer => answer.Status == 0);
        Assert.All(answers, answer => Assert.True(answer.Status == 0 || answer.Errors.Contains("Another backup is being taken", StringComparison.Ordinal), answer.Errors));
        Assert.Equal(answers.Count(answer => answer.Status == 0), backups.Names().Count);
        Assert.True(patron.IsRunning);
    }

    [Fact]
    public async Task Programs_of_a_killed_backup_are_ended_by_the_next_one()
    {
        const string readers = "SELECT count(*) FROM pg_stat_replication";
        var patron = await backups.StartAsync();
        var database = backups.Data.ConnectionString();
        using (var backup = PatronCommandLine.Start(new Dictionary<string, string>(), ["backup", backups.Backups, "--data", backups.Data.Location]))
        {
            await patron.UntilAsync(async () => await ProcessIntents.CountAsync(database, readers) > 0);
            backup.Kill();
            await backup.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.NotEqual(0, await ProcessIntents.CountAsync(database, readers));
        await BackedUpPatron.SucceedAsync("backup", backups.Backups, "--data", backups.Data.Location);

        await patron.UntilAsync(async () => await ProcessIntents.CountAsync(database, readers) == 0);
        Assert.Equal(0, await ProcessIntents.CountAsync(database, "SELECT count(*) FROM pg_replication_slots"));
        Assert.Single(backups.Names());
    }

    [Fact]
    public async Task Incomplete_backup_does_not_count_and_the_next_one_removes_it()
    {
        var incomplete = Path.Combine(backups.Backups, "2026-01-01T00-00-00-000Z");
        Directory.CreateDirectory(Path.Combine(incomplete, "postgres"));
        var patron = await backups.StartAsync();

        Assert.Contains("no backup in", await BackedUpPatron.FailAsync("backup", backups.Backups, "--prove"), StringComparison.Ordinal);
        await BackedUpPatron.SucceedAsync("backup", backups.Backups, "--data", backups.Data.Location);

        Assert.False(Directory.Exists(incomplete));
        Assert.Single(backups.Names());
        Assert.True(patron.IsRunning);
    }

    [Fact]
    public async Task Damaged_backup_fails_its_proof_and_health_says_so()
    {
        var patron = await backups.StartWithBackupsAsync();
        File.Delete(Path.Combine(backups.Backups, backups.Names()[0], "postgres", "global", "pg_control"));

        Assert.Contains("could NOT be restored", await BackedUpPatron.FailAsync("backup", backups.Backups, "--prove"), StringComparison.Ordinal);

        var health = await BackedUpPatron.HealthAsync(patron);
        Assert.Equal("degraded", health.GetProperty("checks").GetProperty("backup").GetString());
        Assert.False(health.GetProperty("backup").GetProperty("is_proved").GetBoolean());
        Assert.Contains("backup proof", (await BackedUpPatron.RunAsync([("Backup__Folder", backups.Backups)], "doctor", "--data", backups.Data.Location)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killed_server_goes_on_receiving_wal_into_the_same_backup()
    {
        var patron = await backups.StartWithBackupsAsync();
        await patron.KillAsync();

        patron = await backups.StartWithBackupsAsync();
        await (await patron.PostCustomerAsync(await patron.TokenAsync(), "after@example.com")).ShouldBeAsync(System.Net.HttpStatusCode.Created);
        await patron.UntilAsync(async () => (await BackedUpPatron.HealthAsync(patron)).GetProperty("backup").GetProperty("wal_delay") is { ValueKind: JsonValueKind.Number } delay && delay.GetDouble() == 0);
        Assert.Single(backups.Names());
        await backups.KillAsync(patron);

        var restored = backups.NewFolder();
        await BackedUpPatron.SucceedAsync("restore", backups.Backups, "--data", restored.Location, "--key", backups.MasterKey);
        await backups.StartAsync(restored);
        Assert.Equal(1, await ProcessIntents.CountAsync(restored.ConnectionString(), "SELECT count(*) FROM customers.customers WHERE email = 'after@example.com'"));
    }

    [Fact]
    public async Task Server_without_a_backup_folder_keeps_no_wal_for_backups()
    {
        var patron = await backups.StartWithBackupsAsync();
        await patron.StopAsync();

        patron = await backups.StartAsync();

        await patron.UntilAsync(async () => await ProcessIntents.CountAsync(backups.Data.ConnectionString(), "SELECT count(*) FROM pg_replication_slots") == 0);
    }

    [Fact]
    public async Task Dump_of_another_server_is_loaded_into_an_empty_database_and_into_no_other()
    {
        var source = await databases.CreateDatabaseAsync();
        (string, string)[] settings = [("ConnectionStrings__Patron", source), ("Keys__Master", Convert.ToBase64String(new byte[32]))];
        var patron = await backups.StartAsync(settings: settings);
        await (await patron.PostCustomerAsync(await patron.TokenAsync(), "dumped@example.com")).ShouldBeAsync(System.Net.HttpStatusCode.Created);
        Assert.Contains("point-in-time recovery", await BackedUpPatron.SucceedAsync(settings, "backup", backups.Backups, "--data", backups.Data.Location), StringComparison.Ordinal);
        Assert.Contains("can be restored", await BackedUpPatron.SucceedAsync("backup", backups.Backups, "--prove"), StringComparison.Ordinal);

        var (folder, target) = (backups.NewFolder().Location, await databases.CreateDatabaseAsync());
        Assert.Contains("isn't empty", await BackedUpPatron.FailAsync(settings, "restore", backups.Backups, "--data", folder), StringComparison.Ordinal);
        Assert.Contains("leave --at out", await BackedUpPatron.FailAsync(settings, "restore", backups.Backups, "--data", folder, "--at", DateTimeOffset.UtcNow.AddDays(1).ToString("O")), StringComparison.Ordinal);
        await BackedUpPatron.SucceedAsync([("ConnectionStrings__Patron", target), settings[1]], "restore", backups.Backups, "--data", folder);

        await using var restored = NpgsqlDataSource.Create(target);
        await using var command = restored.CreateCommand("SELECT count(*) FROM customers.customers WHERE email = 'dumped@example.com'");
        Assert.Equal(1L, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }
}
