using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;
using Patron.Shared.Callers;

namespace Patron.IntegrationTests.Processes;

/// <summary>Commands on the database of a running server.</summary>
public sealed class CommandLineTests(OneProcess app) : IClassFixture<OneProcess>, IDisposable
{
    private readonly DataFolder folder = new();

    [Fact]
    public async Task Migrate_can_be_repeated_and_needs_no_server()
    {
        Assert.Equal("The database is up to date.\n", await RunAsync("migrate"));
        Assert.Equal("The database is up to date.\n", await RunAsync("migrate"));
    }

    [Fact]
    public async Task Admin_is_created_with_a_password_from_standard_input_and_accounts_are_disabled_and_enabled()
    {
        const string Email = "root@tests.example";
        Assert.Equal($"{Email} is now an administrator.\n", (await RunWithInputAsync("correct horse 9 staple", "admin", "create", Email)).Output);
        await app.SignInAsync(Email, "correct horse 9 staple");
        var hash = await app.AccountsSqlAsync<string>("SELECT password_hash FROM accounts.users WHERE email = $1", Email);
        Assert.Equal(new StoredHash(StoredHash.Sha512, 210_000), StoredHash.Read(hash!));
        var again = await RunWithInputAsync("correct horse 9 staple", "admin", "create", Email);
        Assert.Equal(1, again.Status);
        Assert.Contains("already exists", again.Errors, StringComparison.Ordinal);
        var weak = await RunWithInputAsync("password", "admin", "create", "weak@tests.example");
        Assert.Equal(1, weak.Status);
        Assert.StartsWith("password: ", weak.Errors, StringComparison.Ordinal);

        Assert.Equal($"{Email} can no longer sign in.\n", await RunAsync("admin", "disable", Email));
        var refused = await app.Accounts.Client.PostAsJsonAsync("/api/auth/login/", new { email = Email, password = "correct horse 9 staple" });
        await refused.ShouldBeAsync(HttpStatusCode.Forbidden);
        Assert.Equal($"{Email} can sign in again.\n", await RunAsync("admin", "enable", Email));
        await app.SignInAsync(Email, "correct horse 9 staple");
        await ShouldFailAsync("account", "admin", "disable", "nobody@tests.example");
    }

    [Fact]
    public async Task Added_member_token_and_API_key_work()
    {
        var person = await app.RegisterAsync();
        Assert.Equal($"{person.Email} is now a member with the role employee.\n", await RunAsync("member", "add", person.Email));
        var token = await RunAsync("token", person.Email);
        Assert.Matches(@"^[\w-]+\.[\w-]+\.[\w-]+\n$", token);
        await (await app.Customers.SendAsync(HttpMethod.Get, CustomerIntents.Api, person with { Access = token.Trim() })).ShouldBeAsync(HttpStatusCode.OK);
        await ShouldFailAsync("organization", "member", "add", person.Email, "--organization", "99");
        await ShouldFailAsync("account", "token", "nobody@tests.example");

        var credentials = (await RunAsync("api-key", "create", "shop", "--scope", "customers:read")).Trim();
        await (await app.Customers.SendAsync(HttpMethod.Get, CustomerIntents.Api, null, null, ("X-Api-Key", credentials))).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.Customers.SendAsync(HttpMethod.Post, CustomerIntents.Api, null, CustomerIntents.JohnDoe(), ("X-Api-Key", credentials))).ShouldBeAsync(HttpStatusCode.Forbidden);
        await ShouldFailAsync("scopes", "api-key", "create", "shop", "--scope", "everything");
    }

    [Fact]
    public async Task Removed_member_has_no_access_and_an_owner_takes_over_the_keys()
    {
        var member = await app.StaffAsync(OrganizationRole.Vendor);
        var owner = await app.StaffAsync(OrganizationRole.Vendor);
        var key = await (await app.PostAsync("keys/", new { name = "shop", scopes = new[] { "customers:read" } }, member)).ShouldBeAsync(HttpStatusCode.Created);
        await ShouldFailAsync("account", "member", "remove", "nobody@tests.example");
        await ShouldFailAsync("account", "member", "remove", member.Email, "--keys-to", "nobody@tests.example");

        Assert.Equal($"{member.Email} is no longer a member.\n", await RunAsync("member", "remove", member.Email, "--keys-to", owner.Email));

        await ShouldFailAsync("no such member", "member", "remove", member.Email);
        await Eventually.BecomeTrueAsync(async () =>
            (await app.Customers.SendAsync(HttpMethod.Get, CustomerIntents.Api, member)).StatusCode == HttpStatusCode.Forbidden);
        await (await app.Customers.SendAsync(HttpMethod.Get, CustomerIntents.Api, null, null, ("X-Api-Key", key.GetProperty("credentials").GetString()!)))
            .ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Owner_with_a_lower_role_hands_their_keys_over()
    {
        var member = await app.StaffAsync(OrganizationRole.Vendor);
        var owner = await app.StaffAsync(OrganizationRole.Vendor);
        var key = await (await app.PostAsync("keys/", new { name = "shop", scopes = new[] { "customers:read" } }, member)).ShouldBeAsync(HttpStatusCode.Created);
        await ShouldFailAsync("account", "member", "add", member.Email, "--keys-to", "nobody@tests.example");
        await ShouldFailAsync("another owner", "member", "add", member.Email, "--as", "employee", "--keys-to", member.Email);
        Assert.Equal($"{member.Email} is now a member with the role vendor.\n", await RunAsync("member", "add", member.Email)); // Never less by omission.

        Assert.Equal($"{member.Email} is now a member with the role employee.\n", await RunAsync("member", "add", member.Email, "--as", "employee", "--keys-to", owner.Email));

        Assert.Equal(owner.Id, await app.AccountsSqlAsync<Guid>("SELECT created_by FROM accounts.api_keys WHERE id = $1 AND revoked_at IS NULL", key.GetProperty("id").GetGuid()));
    }

    [Fact]
    public async Task Key_rotation_keeps_tokens_valid()
    {
        var before = await app.AdminAsync();
        var keys = await KeysAsync();

        Assert.Contains("Created a new signing key", await RunAsync("keys", "rotate"), StringComparison.Ordinal);

        // The server reads the keys again after a minute.
        app.Time.Shift += TimeSpan.FromMinutes(2);
        Assert.Equal(keys.Length + 1, (await KeysAsync()).Length);
        var after = await app.AdminAsync();
        Assert.NotEqual(KeyOf(before), KeyOf(after));
        foreach (var person in new[] { before, after })
        {
            await (await app.Accounts.SendAsync(HttpMethod.Get, "/api/auth/profile/", person)).ShouldBeAsync(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task Demo_company_is_created_once()
    {
        var organization = Guid.CreateVersion7();
        var (home, name) = (("Home__Id", organization.ToString()), ("Home__Name", "Demo"));
        var database = await app.EmptyDatabaseAsync();
        var settings = Settings(home, name);
        settings["ConnectionStrings__Patron"] = database;

        var first = await PatronCommandLine.RunAsync(settings, ["demo", "--data", folder.Location]);
        Assert.Equal(0, first.Status);
        var made = int.Parse(first.Output.Split(' ')[1].Replace(",", "", StringComparison.Ordinal));
        Assert.InRange(made, 1_900, 2_100);
        Assert.Equal(made, await ProcessIntents.CountAsync(database, $"SELECT count(*) FROM customers.customers WHERE organization_id = '{organization}'"));

        var second = await PatronCommandLine.RunAsync(settings, ["demo", "--data", folder.Location]);
        Assert.Equal(0, second.Status);
        Assert.Contains("Nothing was added", second.Output, StringComparison.Ordinal);
        Assert.Equal(made, await ProcessIntents.CountAsync(database, "SELECT count(*) FROM customers.customers"));
    }

    [Fact]
    public async Task Recount_corrects_statistics_and_the_doctor_reports_it()
    {
        // A database without a server, and a machine whose language counts years from another one.
        var database = await app.CopyOfDatabaseAsync();
        var settings = Settings(("ConnectionStrings__Patron", database), ("LC_ALL", "th_TH.UTF-8"));
        Assert.StartsWith("The statistics were correct.\n", (await RunAsync(settings, "recount")).Output, StringComparison.Ordinal);
        var good = await RunAsync(settings, "doctor");
        Assert.Equal(0, good.Status);
        Assert.Matches(@"(?m)^ok     statistics: recounted at 20[0-9-]{8} [0-9:]{5} UTC, all correct$", good.Output);

        await DataFolder.ExecuteAsync(
            database, "INSERT INTO customers.counters (organization_id, dimension, within, key, customers, days) SELECT gen_random_uuid(), 'city', '', 'Atlantis', 7, 0 FROM generate_series(1, 3)");
        Assert.StartsWith("Corrected 3 counters. Please report this.\n", (await RunAsync(settings, "recount")).Output, StringComparison.Ordinal);
        Assert.Equal(0, await ProcessIntents.CountAsync(database, "SELECT coalesce(sum(customers), 0)::bigint FROM customers.counted WHERE key = 'Atlantis'"));
        var bad = await RunAsync(settings, "doctor");
        Assert.Equal(1, bad.Status);
        Assert.Matches(@"(?m)^WRONG  statistics: 3 counters were wrong at .* and were corrected. Please report this", bad.Output);

        Assert.StartsWith("The statistics were correct.\n", (await RunAsync(settings, "recount")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(settings, "doctor")).Status);
    }

    [Fact]
    public async Task Concurrent_recount_is_refused()
    {
        var database = await app.CopyOfDatabaseAsync();
        await using var other = new NpgsqlConnection(database);
        await other.OpenAsync();
        await using var turn = new NpgsqlCommand("SELECT pg_advisory_lock(hashtextextended('customers.counters', 0))", other);
        await turn.ExecuteNonQueryAsync();

        var answer = await RunAsync(Settings(("ConnectionStrings__Patron", database)), "recount");

        Assert.Equal(1, answer.Status);
        Assert.Empty(answer.Output);
        Assert.Equal("Another process is counting right now. Please try again later.\n", answer.Errors);
    }

    [Fact]
    public async Task Command_of_another_role_is_refused() => Assert.Equal(
        "This command is for the role all or accounts.\n",
        (await PatronCommandLine.RunAsync(Settings(("PATRON_ACCOUNTS_URL", "http://127.0.0.1:1")), ["token", "x", "--role", "customers", "--data", folder.Location])).Errors);

    [Fact]
    public async Task Doctor_finds_no_problem_in_a_healthy_installation()
    {
        var answer = await PatronCommandLine.RunAsync(Settings(), ["doctor", "--json", "--data", folder.Location]);

        Assert.Equal(0, answer.Status);
        var findings = JsonDocument.Parse(answer.Output).RootElement.GetProperty("checks").EnumerateArray().ToList();
        Assert.Equal(["settings", "database", "statistics", "addresses", "backup", "mail"], findings.Select(finding => finding.Text("subject")));
        Assert.All(findings, finding => Assert.True(finding.GetProperty("is_good").GetBoolean()));
        Assert.False(Directory.Exists(folder.Location), "The doctor changes nothing.");
    }

    [Theory]
    [InlineData("mail", "Mail__Host", "127.0.0.1")]
    [InlineData("mail", "Mail__Host", "mail.invalid")]
    [InlineData("database", "ConnectionStrings__Patron", "Host=127.0.0.1;Port=1;Database=patron;Username=patron")]
    [InlineData("settings", "Mail__User", "somebody")]
    [InlineData("settings", "Mail__Hots", "smtp.example.com")]
    public async Task Doctor_reports_each_problem(string subject, string setting, string value)
    {
        // Nothing listens on port 1.
        (string, string)[] changes = setting == "Mail__Host" ? [(setting, value), ("Mail__Port", "1"), ("Portal__Url", "https://portal.example.com")] : [(setting, value)];

        var answer = await PatronCommandLine.RunAsync(Settings(changes), ["doctor", "--json", "--data", folder.Location]);

        Assert.Equal(1, answer.Status);
        var wrong = Assert.Single(JsonDocument.Parse(answer.Output).RootElement.GetProperty("checks").EnumerateArray(), finding => !finding.GetProperty("is_good").GetBoolean());
        Assert.Equal(subject, wrong.Text("subject"));
        Assert.NotEmpty(wrong.Text("message")!);
        Assert.DoesNotContain("   at ", answer.Output + answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_prints_text_and_checks_the_accounts_service()
    {
        var settings = Settings(("PATRON_ACCOUNTS_URL", app.Accounts.Address.ToString()), ("Mail__User", ""), ("Mail__Host", ""));
        var good = await PatronCommandLine.RunAsync(settings, ["doctor", "--role", "customers", "--data", folder.Location]);
        Assert.Equal(0, good.Status);
        Assert.Contains("ok     accounts service: ", good.Output, StringComparison.Ordinal);

        settings["PATRON_ACCOUNTS_URL"] = "http://127.0.0.1:1";
        var bad = await PatronCommandLine.RunAsync(settings, ["doctor", "--role", "customers", "--data", folder.Location]);
        Assert.Equal(1, bad.Status);
        Assert.Contains("WRONG  accounts service: http://127.0.0.1:1 can't be reached.", bad.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_without_a_reachable_database_prints_a_sentence_and_ends_with_status_1()
    {
        var settings = Settings(("ConnectionStrings__Patron", "Host=127.0.0.1;Port=1;Database=patron;Username=patron"));

        var answer = await PatronCommandLine.RunAsync(settings, ["token", RunningPatron.AdminEmail, "--data", folder.Location]);

        Assert.Equal(1, answer.Status);
        Assert.Empty(answer.Output);
        Assert.StartsWith("The database can't be reached", Assert.Single(answer.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private Dictionary<string, string> Settings(params (string Name, string Value)[] changes) =>
        PatronProcess.SettingsFor(app.Accounts.ConnectionString, changes);

    private async Task<string> RunAsync(params string[] arguments)
    {
        var answer = await PatronCommandLine.RunAsync(Settings(), [.. arguments, "--data", folder.Location]);
        Assert.True(answer.Status == 0, answer.Errors);
        Assert.Empty(answer.Errors);
        return answer.Output;
    }

    private Task<CommandAnswer> RunAsync(Dictionary<string, string> settings, string command) =>
        PatronCommandLine.RunAsync(settings, [command, "--data", folder.Location]);

    private Task<CommandAnswer> RunWithInputAsync(string input, params string[] arguments) =>
        PatronCommandLine.RunAsync(Settings(), [.. arguments, "--data", folder.Location], input);

    private async Task ShouldFailAsync(string word, params string[] arguments)
    {
        var answer = await PatronCommandLine.RunAsync(Settings(), [.. arguments, "--data", folder.Location]);
        Assert.Equal(1, answer.Status);
        Assert.Empty(answer.Output);
        Assert.Contains(word, Assert.Single(answer.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.OrdinalIgnoreCase);
    }

    private async Task<JsonElement[]> KeysAsync() =>
        [.. (await app.Accounts.Client.GetFromJsonAsync<JsonElement>("/.well-known/jwks.json")).GetProperty("keys").EnumerateArray()];

    private static string KeyOf(Person person) => person.Access[..person.Access.IndexOf('.', StringComparison.Ordinal)];
}
