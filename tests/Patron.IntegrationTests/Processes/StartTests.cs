using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Npgsql;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;
using Patron.Shared.Secrets;

namespace Patron.IntegrationTests.Processes;

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
        var settings = PatronProcess.Settings(("ConnectionStrings__Patron", database), ("Keys__Master", RunningPatron.MasterKey));
        var processes = Enumerable.Range(0, 4).Select(_ => PatronProcess.Launch(folder.Location, settings)).ToList();
        try
        {
            await Task.WhenAll(processes.Select(process => process.ReadyAsync()));

            await ShouldBeInitializedOnceAsync(database);
            Assert.Equal(0, await ProcessIntents.CountAsync(database, "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND datname = current_database() AND state = 'idle'"));
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

    [Fact]
    public async Task Changed_migration_is_refused()
    {
        var database = await MigratedAsync();
        await DataFolder.ExecuteAsync(database, "UPDATE shared.migrations SET checksum = 'another' WHERE module = 'accounts' AND number = 1");

        await ShouldRefuseToServeAsync("was changed after it ran", ("ConnectionStrings__Patron", database), ("Keys__Master", RunningPatron.MasterKey));
    }

    [Fact]
    public async Task Database_of_a_newer_version_is_refused_by_the_start_and_by_doctor()
    {
        var database = await MigratedAsync();
        await DataFolder.ExecuteAsync(database, "INSERT INTO shared.migrations (module, number, name, checksum) VALUES ('customers', 999, '0999_later', 'x')");

        await ShouldRefuseToServeAsync("newer version of Patron", ("ConnectionStrings__Patron", database), ("Keys__Master", RunningPatron.MasterKey));
        await ShouldBeWrongForDoctorAsync("customers/0999_later", database);
    }

    [Theory]
    [InlineData("LATIN1")]
    [InlineData("SQL_ASCII")]
    public async Task Database_that_is_not_UTF8_is_refused_by_the_start_and_by_doctor(string encoding)
    {
        var utf8 = await databases.CreateDatabaseAsync();
        var name = $"{TestDatabase.NameOf(utf8)}_{encoding.ToLowerInvariant()}";
        await DataFolder.ExecuteAsync(utf8, $"CREATE DATABASE {name} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0");
        var database = new NpgsqlConnectionStringBuilder(utf8) { Database = name }.ConnectionString;

        await ShouldRefuseToServeAsync("Patron needs UTF8", ("ConnectionStrings__Patron", database), ("Keys__Master", RunningPatron.MasterKey));
        await ShouldBeWrongForDoctorAsync(encoding, database);
    }

    [Fact]
    public async Task Database_user_with_CREATE_needs_no_administrator()
    {
        var (database, administrators) = await RestrictedAsync(await databases.CreateDatabaseAsync());
        await DataFolder.ExecuteAsync(administrators, $"GRANT CREATE ON DATABASE \"{TestDatabase.NameOf(database)}\" TO restricted");

        await ShouldMigrateAsync(database);
        Assert.Equal(2, await ProcessIntents.CountAsync(database, Extensions));

        // The permission is needed only until everything is created.
        await DataFolder.ExecuteAsync(administrators, $"REVOKE CREATE ON DATABASE \"{TestDatabase.NameOf(database)}\" FROM restricted");
        await ShouldMigrateAsync(database);
    }

    [Fact]
    public async Task Database_user_without_CREATE_gets_the_statement_for_the_administrator()
    {
        var (database, administrators) = await RestrictedAsync(await databases.CreateDatabaseAsync());

        var refused = await MigrateAsync(database);
        ShouldBeOneSentence("permission denied", refused);

        await DataFolder.ExecuteAsync(administrators, Statements().Match(refused.Errors).Groups["lines"].Value);
        await ShouldMigrateAsync(database);
    }

    [Fact]
    public async Task Database_user_without_extension_permission_gets_the_statement_for_the_administrator()
    {
        var (database, administrators) = await RestrictedAsync(await MigratedAsync());
        await DataFolder.ExecuteAsync(administrators, """
            GRANT ALL ON SCHEMA shared TO restricted;
            GRANT ALL ON ALL TABLES IN SCHEMA shared TO restricted;
            DELETE FROM shared.migrations WHERE module = 'customers' AND number > 1;
            DROP EXTENSION pg_trgm CASCADE;
            DROP EXTENSION btree_gin CASCADE;
            """);

        var refused = await MigrateAsync(database);
        ShouldBeOneSentence("Migration customers/0002_search could not make the extensions it needs", refused);

        await DataFolder.ExecuteAsync(administrators, Statements().Match(refused.Errors).Groups["lines"].Value);
        Assert.Equal(2, await ProcessIntents.CountAsync(database, Extensions));
    }

    [Fact]
    public async Task Home_organization_that_differs_from_the_database_is_refused() => await ShouldRefuseToServeAsync(
        "Home:Id", ("ConnectionStrings__Patron", await MigratedAsync()), ("Keys__Master", RunningPatron.MasterKey), ("Home__Id", "0198c0de-0000-7000-8000-0000000000ff"));

    [Fact]
    public async Task Master_key_that_does_not_match_the_database_is_refused() => await ShouldRefuseToServeAsync(
        "another master key", ("ConnectionStrings__Patron", await MigratedAsync()), ("Keys__Master", Convert.ToBase64String(new byte[32])));

    [Theory]
    [InlineData("Mail:Host", "Mail__User", "somebody")]
    [InlineData("Mail:Port", "Mail__Port", "99999")]
    [InlineData("Hots", "Mail__Hots", "smtp.example.com")]
    [InlineData("Fromat", "Logs__Fromat", "json")]
    [InlineData("Logs:Format", "Logs__Format", "xml")]
    [InlineData("Lifetime", "Tokens__Lifetime", "soon")]
    [InlineData("Keys:Master", "Keys__Master", "short")]
    [InlineData("PATRON_ACCOUNTS_URL", "PATRON_ACCOUNTS_URL", "localhost")]
    [InlineData("PATRON_ADMIN_EMAIL", "PATRON_ADMIN_PASSWORD", "a long enough one 7")]
    [InlineData("Proxies:Trusted", "Proxies__Trusted__0", "everybody")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT", "somewhere")]
    [InlineData("ConnectionStrings:Patron", "ConnectionStrings__Patron", "nonsense")]
    [InlineData("ConnectionStrings:Patorn", "ConnectionStrings__Patorn", "Host=db.example.com")]
    public async Task Invalid_settings_are_refused_with_a_sentence_that_names_them(string names, string setting, string value) =>
        await ShouldRefuseToServeAsync(names, (setting, value));

    [Fact]
    public async Task Role_customers_without_an_accounts_service_is_refused() =>
        ShouldBeOneSentence("PATRON_ACCOUNTS_URL", await ServeAsync([], "--role", "customers"));

    [Theory]
    [InlineData("""{"Mial": {"Host": "smtp.example.com"}}""", "Mial")]
    [InlineData("""{"Mail": {"Host": """, "settings.json")]
    [InlineData("""{"Mail": "smtp.example.com"}""", "Mail is a section")]
    [InlineData("""{"Mail": {"Host": {"Name": "smtp.example.com"}}}""", "Mail:Host:Name")]
    [InlineData("""{"Portal": {"Activation": "code"}}""", "Portal:Activation is a section")]
    public async Task Invalid_settings_file_is_refused(string json, string names)
    {
        using var folder = new DataFolder();
        Directory.CreateDirectory(folder.Location);
        await File.WriteAllTextAsync(Path.Combine(folder.Location, "settings.json"), json);

        ShouldBeOneSentence(names, await PatronCommandLine.RunAsync("serve", "--data", folder.Location));
        Assert.False(Directory.Exists(folder.Cluster));
    }

    [Fact]
    public async Task Invalid_master_key_file_is_refused()
    {
        using var folder = new DataFolder();
        var key = Path.Combine(folder.Location, "master.key");
        OwnerOnlyPermissions.CreateFolder(folder.Location);
        await File.WriteAllTextAsync(key, "");
        File.SetUnixFileMode(key, OwnerOnlyPermissions.File);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["ConnectionStrings__Patron"] = await MigratedAsync() };

        ShouldBeOneSentence("master.key", await PatronCommandLine.RunAsync(settings, ["serve", "--data", folder.Location, "--urls", "http://127.0.0.1:0"]));
    }

    [Theory]
    [InlineData("not an address")]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("https://127.0.0.1:0")]
    [InlineData("http://192.0.2.1:8000")]
    public async Task Invalid_listen_address_is_refused(string url)
    {
        var answer = await ServeAsync([("ConnectionStrings__Patron", await MigratedAsync()), ("Keys__Master", RunningPatron.MasterKey)], "--urls", url);

        ShouldBeOneSentence(url, answer);
    }

    [Fact]
    public async Task Port_in_use_is_reported_with_a_sentence()
    {
        using var taken = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://{taken.LocalEndpoint}";

        var answer = await ServeAsync([("ConnectionStrings__Patron", await MigratedAsync()), ("Keys__Master", RunningPatron.MasterKey)], "--urls", url);

        ShouldBeOneSentence(url, answer);

        // The port is tried first: a refused start leaves no database behind.
        using var folder = new DataFolder();
        ShouldBeOneSentence(url, await PatronCommandLine.RunAsync("serve", "--data", folder.Location, "--urls", url));
        Assert.False(Directory.Exists(folder.Location));
    }

    [Fact]
    public async Task Metrics_port_in_use_is_reported_with_its_address()
    {
        using var taken = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://{taken.LocalEndpoint}";

        var answer = await ServeAsync(
            [("ConnectionStrings__Patron", await MigratedAsync()), ("Keys__Master", RunningPatron.MasterKey), ("Metrics__Url", url)], "--urls", "http://127.0.0.1:0");

        ShouldBeOneSentence(url, answer);
    }

    [Theory]
    [InlineData("https://example.com/api", "/api")]
    [InlineData("https://example.com/docs/portal", "/docs")]
    [InlineData("https://example.com/Profile/", "/profile")]
    public async Task Portal_address_with_a_path_of_Patron_is_refused(string url, string path)
    {
        var answer = await ServeAsync(
            [("ConnectionStrings__Patron", await MigratedAsync()), ("Keys__Master", RunningPatron.MasterKey), ("Portal__Url", url)], "--urls", "http://127.0.0.1:0");

        ShouldBeOneSentence($"begins with {path}", answer);
    }

    [Theory]
    [InlineData("th_TH.UTF-8")]
    [InlineData("ar_SA.UTF-8")]
    [InlineData("tr_TR.UTF-8")]
    [InlineData("de_DE.UTF-8")]
    public async Task Language_of_the_machine_does_not_change_how_dates_are_written(string language)
    {
        using var folder = new DataFolder();
        await using var patron = await PatronProcess.StartAsync(folder.Location, PatronProcess.Settings(
            ("ConnectionStrings__Patron", await MigratedAsync()), ("Keys__Master", RunningPatron.MasterKey), ("LANG", language), ("LC_ALL", language)));

        using var registered = await patron.PostRegistrationAsync("ann@tests.example");

        // The name of a mail's file begins with its day. Thailand counts years from another one.
        Assert.Equal(HttpStatusCode.Created, registered.StatusCode);
        var mails = Path.Combine(folder.Location, "mail");
        await patron.UntilAsync(() => Task.FromResult(Directory.Exists(mails) && Directory.EnumerateFiles(mails, "*.eml").Any()));
        var day = Path.GetFileName(Directory.EnumerateFiles(mails, "*.eml").First())[..8];
        Assert.Equal(DateTime.UtcNow, DateTime.ParseExact(day, "yyyyMMdd", CultureInfo.InvariantCulture), TimeSpan.FromDays(2));
    }

    private async Task<string> MigratedAsync() => await databases.CloneAsync(await Templates.GetAsync(databases, Shared.ProcessRole.All));

    private const string Extensions = "SELECT count(*) FROM pg_extension WHERE extname IN ('pg_trgm', 'btree_gin')";

    // Connection strings for the same database: a user who owns nothing, and its administrator.
    private static async Task<(string Restricted, string Administrators)> RestrictedAsync(string database)
    {
        await DataFolder.ExecuteAsync(database, """
            DO $$ BEGIN
                CREATE ROLE restricted LOGIN;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL; -- By another test: roles are the server's, not the database's.
            END $$
            """);
        return (new NpgsqlConnectionStringBuilder(database) { Username = "restricted" }.ConnectionString, database);
    }

    private static async Task<CommandAnswer> MigrateAsync(string database)
    {
        using var folder = new DataFolder();
        return await PatronCommandLine.RunAsync(
            PatronProcess.Settings(("ConnectionStrings__Patron", database), ("Keys__Master", RunningPatron.MasterKey)), ["migrate", "--data", folder.Location]);
    }

    private static async Task ShouldBeWrongForDoctorAsync(string names, string database)
    {
        using var folder = new DataFolder();
        var answer = await PatronCommandLine.RunAsync(
            PatronProcess.Settings(("ConnectionStrings__Patron", database), ("Keys__Master", RunningPatron.MasterKey)), ["doctor", "--data", folder.Location]);
        Assert.Equal(1, answer.Status);
        Assert.Contains(answer.Output.Split('\n'), line => line.StartsWith("WRONG  database", StringComparison.Ordinal) && line.Contains(names, StringComparison.Ordinal));
    }

    private static async Task ShouldMigrateAsync(string database)
    {
        var answer = await MigrateAsync(database);
        Assert.True(answer.Status == 0, answer.Errors);
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

    private static async Task ShouldRefuseToServeAsync(string names, params (string, string)[] settings) => ShouldBeOneSentence(names, await ServeAsync(settings));

    private static async Task<CommandAnswer> ServeAsync((string Name, string Value)[] settings, params string[] arguments)
    {
        using var folder = new DataFolder();
        string[] urls = arguments.Contains("--urls") ? [] : ["--urls", $"http://127.0.0.1:{PatronProcess.FreePort()}"];
        return await PatronCommandLine.RunAsync(
            settings.ToDictionary(setting => setting.Name, setting => setting.Value, StringComparer.Ordinal), ["serve", "--data", folder.Location, .. urls, .. arguments]);
    }

    private static void ShouldBeOneSentence(string names, CommandAnswer answer)
    {
        Assert.Equal(1, answer.Status);
        Assert.Empty(answer.Output);
        var sentence = Assert.Single(answer.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(names, sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", sentence, StringComparison.Ordinal);
    }

    // The statement to run, after the colon of the sentence.
    [GeneratedRegex(": (?<lines>[A-Z]+ [^:]*;)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Statements();

    [GeneratedRegex("""^Password \(shown only now\): (?<password>\S+)$""", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Password();
}
