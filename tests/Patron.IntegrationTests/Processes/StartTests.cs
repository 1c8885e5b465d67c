using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;

namespace Patron.IntegrationTests.Processes;

/// <summary>Starts that succeed: in an empty folder, on an empty database, of several processes at once, before the database.</summary>
[Collection(nameof(SeveralServers))]
public sealed partial class StartTests(TestDatabase databases)
{
    private const string DefaultAdmin = "admin@patron.example";
    private static readonly Dictionary<string, string> Nothing = [];

    [Fact]
    public async Task Four_processes_started_in_an_empty_folder_share_one_database_which_the_last_one_stops()
    {
        using var folder = new DataFolder();
        var processes = Enumerable.Range(0, 4).Select(_ => PatronProcess.Launch(folder.Location, Nothing)).ToList();
        try
        {
            await Task.WhenAll(processes.Select(process => process.ReadyAsync()));
            await ShouldBeInitializedOnceAsync(folder.ConnectionString());
            var password = Assert.Single(processes.Select(process => Password().Match(process.Errors)), match => match.Success).Groups["password"].Value;
            var token = await processes[0].TokenAsync(DefaultAdmin, password);
            var answers = await Task.WhenAll(processes.Select(process => process.GetAsync("/api/v1/customers/", token)));
            Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));

            var stopped = await Task.WhenAll(processes[..3].Select(process => process.StopAsync()));
            Assert.All(stopped, status => Assert.Equal(0, status));
            await processes[3].TokenAsync(DefaultAdmin, password);
            Assert.Equal(0, await processes[3].StopAsync());
            Assert.False(folder.IsRunning());
        }
        finally
        {
            await Task.WhenAll(processes.Select(process => process.DisposeAsync().AsTask()));
        }
    }

    [Fact]
    public async Task Four_processes_started_on_an_empty_database_initialize_it_once()
    {
        var database = await databases.CreateDatabaseAsync();
        using var folder = new DataFolder();
        var settings = PatronProcess.SettingsFor(database);
        var processes = Enumerable.Range(0, 4).Select(_ => PatronProcess.Launch(folder.Location, settings)).ToList();
        try
        {
            await Task.WhenAll(processes.Select(process => process.ReadyAsync()));

            await ShouldBeInitializedOnceAsync(database);
            // A forgotten lock stays. One that is being released can be counted, because the views of locks and of sessions are read one
            // after the other.
            await Eventually.BecomeTrueAsync(async () => await ProcessIntents.CountAsync(database, "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND datname = current_database() AND state = 'idle'") == 0);
            await processes[3].TokenAsync();
            Assert.False(Directory.Exists(folder.Cluster));
            Assert.False(File.Exists(Path.Combine(folder.Location, "master.key")));
        }
        finally
        {
            await Task.WhenAll(processes.Select(process => process.DisposeAsync().AsTask()));
        }
    }

    [Fact]
    public async Task First_start_prints_a_password_once_and_stops_cleanly()
    {
        using var folder = new DataFolder();
        string password;
        await using (var first = await PatronProcess.StartAsync(folder.Location, Nothing))
        {
            Assert.True(folder.IsRunning());
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder.Location, "master.key")));
            var shown = Assert.Single(Password().Matches(first.Errors));
            password = shown.Groups["password"].Value;
            Assert.DoesNotContain(password, first.Output, StringComparison.Ordinal);
            Assert.Equal(0, await first.StopAsync());
        }

        Assert.False(folder.IsRunning());
        await using var second = await PatronProcess.StartAsync(folder.Location, Nothing);
        Assert.DoesNotContain("Password", second.Errors, StringComparison.Ordinal);
        await second.TokenAsync(DefaultAdmin, password);
    }

    [Fact]
    public async Task Without_the_database_the_process_is_alive_and_becomes_ready_later()
    {
        using var folder = new DataFolder();
        string database;
        await using (var server = await folder.StartAsync())
        {
            database = server.ConnectionString;
        }

        await using var patron = PatronProcess.Launch(Path.Combine(folder.Location, "patron"), PatronProcess.Settings(("ConnectionStrings__Patron", database)));
        await patron.UntilAsync(async () => await patron.ProbeAsync("/health/live") == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await patron.ProbeAsync("/health/ready"));
        var problem = await (await patron.PostRegistrationAsync(Intents.NewEmail())).ShouldBeAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Contains("database", problem.Detail(), StringComparison.Ordinal);
        Assert.Contains("Try again", problem.Detail(), StringComparison.Ordinal);
        using (var keys = await patron.Client.GetAsync("/.well-known/jwks.json"))
        {
            await keys.ShouldBeAsync(HttpStatusCode.ServiceUnavailable);
        }

        await using var back = await folder.StartAsync();
        await patron.ReadyAsync();
        await patron.TokenAsync();
    }

    [Theory]
    [InlineData("th_TH.UTF-8")]
    [InlineData("ar_SA.UTF-8")]
    [InlineData("tr_TR.UTF-8")]
    [InlineData("de_DE.UTF-8")]
    public async Task Language_of_the_machine_does_not_change_how_dates_are_written(string language)
    {
        using var folder = new DataFolder();
        await using var patron = await PatronProcess.StartAsync(folder.Location, PatronProcess.SettingsFor(
            await Templates.CopyAsync(databases), ("LANG", language), ("LC_ALL", language)));

        using var registered = await patron.PostRegistrationAsync("ann@tests.example");

        // The name of a mail's file begins with its day. Thailand counts years from another one.
        Assert.Equal(HttpStatusCode.Created, registered.StatusCode);
        var mails = Path.Combine(folder.Location, "mail");
        await patron.UntilAsync(() => Task.FromResult(Directory.Exists(mails) && Directory.EnumerateFiles(mails, "*.eml").Any()));
        var day = Path.GetFileName(Directory.EnumerateFiles(mails, "*.eml").First())[..8];
        Assert.Equal(DateTime.UtcNow, DateTime.ParseExact(day, "yyyyMMdd", CultureInfo.InvariantCulture), TimeSpan.FromDays(2));
    }

    private static async Task ShouldBeInitializedOnceAsync(string database)
    {
        Assert.Equal(1, await ProcessIntents.CountAsync(database, "SELECT count(*) FROM accounts.users"));
        Assert.Equal(1, await ProcessIntents.CountAsync(database, "SELECT count(*) FROM accounts.users WHERE is_admin"));
        Assert.Equal(1, await ProcessIntents.CountAsync(database, "SELECT count(*) FROM accounts.organizations"));
        Assert.Equal(1, await ProcessIntents.CountAsync(database, "SELECT count(*) FROM accounts.signing_keys"));
        Assert.Equal(0, await ProcessIntents.CountAsync(database, "SELECT count(*) - count(DISTINCT (module, number)) FROM shared.migrations"));
        Assert.Equal(4, await ProcessIntents.CountAsync(database, "SELECT count(DISTINCT module) FROM shared.migrations"));
    }

    [GeneratedRegex("""^Password \(shown only now\): (?<password>\S+)$""", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Password();
}
