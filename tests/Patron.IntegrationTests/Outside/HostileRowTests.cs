using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Patron.Accounts.Users;
using Patron.Customers.Customers;
using Patron.Customers.Import;
using Patron.Customers.Statistics;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Sync;
using Patron.Linking;
using Patron.Linking.Activation;
using Patron.OdooStandIn.Company;
using Patron.Erp.Runs;
using Patron.Shared;
using Patron.Shared.Callers;
using Patron.Shared.Imports;
using Patron.Shared.Outbox;
using Patron.Shared.Results;
using Patron.Tests;

namespace Patron.IntegrationTests.Outside;

/// <summary>Jobs do not stop at a malicious row: each job ends and accounts for every row.</summary>
public sealed class HostileRowTests(TestDatabase database)
{
    private static readonly int Chance = Environment.TickCount;

    [Fact]
    public async Task Sync_and_later_jobs_account_for_every_partner()
    {
        await using var world = await SyncWorld.StartAsync(database, null, ("Odoo:PageSize", "40"), ("Portal:Invitations:PerHour", "100000"));
        string[] fields = ["name", "email", "phone", "street", "city", "zip", "website", "vat", "ref"];
        var number = 0;
        foreach (var text in HostileTexts.Some(Chance).Select(Whole))
        {
            world.Company.AddPartner(text, $"name{++number}@x.example");
            world.Company.AddPartner($"Ann {number}", text);
            world.Company.AddPartner($"Ann {number}", $"{text}@x.example, a{number}@y.example", [.. fields[2..].Select(field => (field, (object?)text))]);
        }

        foreach (var (text, field) in HostileTexts.Huge.Append(HostileTexts.Repeat("\u05B0\u05B1", 25_000)).Zip(fields))
        {
            world.Company.AddPartner("Huge", $"huge{++number}@x.example", (field, text));
        }

        world.Company.AddPartner("Long", "long@x.example", ("city", HostileTexts.Repeat("Unpackable place ", 1) + Random(80_000))); // Too long for an index.
        world.Company.SameSecond(DateTimeOffset.MinValue, world.Company.AddPartner("First", "first@x.example"));
        world.Company.SameSecond(new DateTimeOffset(9999, 12, 31, 0, 0, 0, TimeSpan.Zero), world.Company.AddPartner("Last", "last@x.example"));
        var good = world.Company.AddPartner("Good", "good@x.example");

        var figures = await world.SyncAsync(); // SyncAsync also compares the sum of the figures with the total.
        Assert.Equal(world.Company.Ids().Count, figures.Total);
        Assert.Equal("current", await world.StateOfAsync(good));
        Assert.InRange(figures.Errors, 1, 15);
        Assert.Equal(figures.Errors, figures.Failed.Count);

        world.Company.Change(good, ("phone", "+263 77 6"));
        var later = await world.SyncAsync();
        Assert.Equal((1, figures.Errors), (later.Updated, later.Errors)); // A partner with a date in the year 9999 does not hide later changes.
        Assert.Equal(figures.Total, (await world.SyncAsync(full: true)).Total);
        var preview = await world.Accounts.Services.GetRequiredService<PreviewSync>().HandleAsync(_ => { }, CancellationToken.None);
        Assert.Equal(figures.Total, preview.Value.Total);

        var counters = world.Accounts.Services.GetRequiredService<Counters>();
        await counters.FoldAsync(CancellationToken.None);
        Assert.Equal(0, await counters.RecountAsync(CancellationToken.None));
        await InviteAllAsync(world);
    }

    // Every waiting customer is mailed or, if the address is invalid, withdrawn.
    private static async Task InviteAllAsync(SyncWorld world)
    {
        // An older version accepted such an address.
        await world.CustomersSqlAsync<object>("UPDATE customers.customers SET email = 'a' || U&'\\FFFE' || '@x.example', first_name = 'A' || U&'\\FFFE' || ' B' WHERE email = 'first@x.example' OR email = 'name3@x.example'");
        await using var scope = world.Accounts.Services.CreateAsyncScope();
        var invited = await scope.ServiceProvider.GetRequiredService<InviteCustomers>().HandleAsync(Caller.System(world.Home()), null, null, dryRun: false, CancellationToken.None);
        Assert.InRange(invited.Value.Invited, 50, int.MaxValue);
        await SoonAsync("all invitations to be mailed", async () => await world.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.activation_invitations WHERE mails = 0 AND withdrawn_at IS NULL") == 0);
        Assert.Equal(1, await world.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.activation_invitations WHERE withdrawn_at IS NOT NULL"));
    }

    [Fact]
    public async Task Import_of_customers_reports_every_line()
    {
        await using var app = new OneProcess(database);
        await app.InitializeAsync();
        var texts = HostileTexts.Some(Chance);
        var file = new StringBuilder(string.Join(',', CustomerCsv.Columns)).Append('\n');
        var lines = 0;
        foreach (var text in texts)
        {
            Add(CustomerCsv.Columns.Select((column, place) => column == "email" ? $"a{lines}@x.example" : place % 3 == lines % 3 ? text : ""));
            Add(CustomerCsv.Columns.Select(column => column switch { "name" => $"Ann {text}", "notification_preferences" => JsonSerializer.Serialize(new Dictionary<string, string> { [text] = text }), _ => "" }));
        }

        foreach (var json in new[] { """{"a": "\ud800"}""", """{"\udc00": 1}""", """{"a": 1e400}""", "[", """{"a": "\u0000"}""" })
        {
            Add(CustomerCsv.Columns.Select(column => column switch { "name" => "Ann", "notification_preferences" => json, _ => "" }));
        }

        foreach (var date in new[] { "0001-01-01", "9999-12-31", "-4713-01-01", "infinity", "2024-02-30" })
        {
            Add(CustomerCsv.Columns.Select(column => column switch { "name" => "Ann", "date_of_birth" => date, _ => "" }));
        }

        foreach (var huge in HostileTexts.Huge)
        {
            Add(CustomerCsv.Columns.Select(column => column == "name" ? huge : ""));
        }

        Add(CustomerCsv.Columns.Select(column => column == "name" ? "Good" : ""));

        await using var scope = app.Customers.Services.CreateAsyncScope();
        var told = new List<ImportedLine>();
        var result = await scope.ServiceProvider.GetRequiredService<ImportCustomers>().HandleAsync(
            Caller.System(app.Home()), CustomerCsv.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(file.ToString())), _ => { }, CancellationToken.None), false, told.Add, CancellationToken.None);
        Assert.Null(result.Error);
        Assert.Equal((lines, lines), (told.Count, told.DistinctBy(line => line.Number).Count()));
        Assert.Null(told[^1].Rejection);
        Assert.All(told, line => Assert.DoesNotContain("unexpected", line.Rejection ?? "", StringComparison.Ordinal)); // They are rejected by rules, not by exceptions.
        Assert.Equal(told.Count(line => line.Rejection is null), await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers"));

        void Add(IEnumerable<string> cells)
        {
            file.AppendJoin(',', cells.Select(cell => cell.Length == 0 ? "" : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")).Append('\n');
            lines++;
        }
    }

    [Fact]
    public async Task Line_that_only_the_database_rejects_is_rejected_alone()
    {
        await using var app = new OneProcess(database);
        await app.InitializeAsync();
        await app.CustomersSqlAsync<object>("ALTER TABLE customers.customers ADD CONSTRAINT ck_test CHECK (first_name <> 'Bad'); ALTER TABLE accounts.users ADD CONSTRAINT ck_test CHECK (first_name <> 'Bad')");
        string[] names = ["Ann", "Bad", "Bo", "Bad", "Cy"];
        bool[] wanted = [true, false, true, false, true];

        await using var scope = app.Customers.Services.CreateAsyncScope();
        var customers = new List<ImportedLine>();
        var lines = names.Select((name, index) => new ImportLine<CustomerChanges>(
            index + 1, new CustomerChanges(CustomerSchema.FirstName.With(name), CustomerSchema.LastName.With("X"))));
        Assert.Null((await scope.ServiceProvider.GetRequiredService<ImportCustomers>().HandleAsync(
            Caller.System(app.Home()), lines.ToAsyncEnumerable(), false, customers.Add, CancellationToken.None)).Error);
        var (_, users) = await app.ImportAsync(names.Select((name, index) => new ImportedAccount($"u{index}@x.example", new PersonNames(name, "X", null, null))));

        Assert.All([customers, users], told => Assert.Equal(wanted, told.Select(line => line.Rejection is null)));
        Assert.Equal((3, 3), (await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers"), await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.users WHERE NOT is_admin")));
    }

    [Fact]
    public async Task Import_of_accounts_reports_every_line()
    {
        await using var app = new OneProcess(database);
        await app.InitializeAsync();
        var ann = new PersonNames("Ann", "X", null, null);
        var people = HostileTexts.Some(Chance).Concat(HostileTexts.Huge).SelectMany((text, number) => new[]
        {
            new ImportedAccount($"a{number}@x.example", ann with { FirstName = text }),
            new ImportedAccount($"b{number}@x.example", ann with { LastName = $"X{text}", PhoneNumber = text, UserName = text }),
            new ImportedAccount($"{text}@x.example", ann) { EmailVerified = true },
            new ImportedAccount($"c{number}@x.example", ann with { PhoneNumber = $"+1 555 {text} 0123" }) { PasswordHash = text, EmailVerified = true },
        }).Concat([
            new ImportedAccount("min@x.example", ann) { Since = DateTimeOffset.MinValue }, new ImportedAccount("max@x.example", ann) { Since = DateTimeOffset.MaxValue },
            new ImportedAccount("good@x.example", ann),
        ]).ToList();

        var (result, told) = await app.ImportAsync(people);
        Assert.Null(result.Error);
        Assert.Equal(people.Count, told.Count);
        Assert.Null(told[^1].Rejection);
        Assert.All(told, line => Assert.DoesNotContain("unexpected", line.Rejection ?? "", StringComparison.Ordinal));

        // The imported accounts get customer records.
        var linked = await app.Accounts.Services.GetRequiredService<LinkAccounts>().HandleAsync(Caller.System(app.Home()), dryRun: false, _ => { }, CancellationToken.None);
        Assert.Equal((linked.Total, linked.Total), (linked.Accounts, linked.Had + linked.Linked + linked.Created + linked.Failed.Count));
        Assert.Empty(linked.Failed);
    }

    [Fact]
    public async Task Linking_all_accounts_continues_after_an_invalid_account_of_an_older_version()
    {
        await using var app = new OneProcess(database);
        await app.InitializeAsync();
        var texts = HostileTexts.Some(Chance).Where(text => !text.Contains('\0', StringComparison.Ordinal)).Append(Random(80_000)).ToList();
        var ann = new PersonNames("Ann", "X", null, null);
        await app.ImportAsync(texts.Select((_, number) => new ImportedAccount($"a{number}@x.example", ann)));
        for (var number = 0; number < texts.Count; number++)
        {
            await app.AccountsSqlAsync<object>("UPDATE accounts.users SET first_name = $1, last_name = $1, phone_number = $1 WHERE email = $2", Whole(texts[number]), $"a{number}@x.example");
        }

        var linked = await app.Accounts.Services.GetRequiredService<LinkAccounts>().HandleAsync(Caller.System(app.Home()), dryRun: false, _ => { }, CancellationToken.None);
        Assert.Equal((texts.Count, texts.Count), (linked.Accounts, linked.Linked + linked.Created + linked.Failed.Count));
        Assert.InRange(linked.Failed.Count, 1, 3); // Too long for an index.
        Assert.Equal(linked.Created, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers"));
    }

    [Fact]
    public async Task Outbox_sends_other_messages_and_retries_failed_ones_whatever_the_error_text()
    {
        await using var app = new OneProcess(database);
        await app.InitializeAsync();
        await using var server = await RunningPatron.StartAsync(app.Accounts.ConnectionString, ProcessRole.All, time: app.Time, addServices: services => services.AddSingleton(new OutboxHandler(
            "tests.failing", (payload, _) => throw new InvalidOperationException(JsonSerializer.Deserialize<string>(payload)!.Replace('\u0001', '\0'))))); // The table cannot store NUL, but an error message can contain it.
        await app.Accounts.DisposeAsync(); // Another process has no handler for this kind.
        var texts = HostileTexts.Some(Chance).Concat(HostileTexts.Huge).ToList();
        foreach (var text in texts)
        {
            await AddAsync("tests.failing", JsonSerializer.Serialize(text));
        }

        string[] kinds = [.. server.Services.GetServices<OutboxHandler>().Select(handler => handler.Kind).Where(kind => kind != "tests.failing"), "tests.unknown", ""];
        string[] payloads = ["null", "{}", "[]", "1", "\"\"", "\"\uFFFE\"", """{"To": "a\u0000b", "Subject": "x", "Text": "y"}""", """{"To": null}"""];
        foreach (var (kind, payload) in kinds.SelectMany(kind => payloads.Select(payload => (kind, payload))))
        {
            await AddAsync(kind, payload);
        }

        await SoonAsync("every message to be tried", async () => await app.AccountsSqlAsync<long>("SELECT count(*) FROM shared.outbox_messages WHERE attempts = 0 OR (last_error IS NULL AND due_at < now())") == 0);
        Assert.Equal(texts.Count, await app.AccountsSqlAsync<long>("SELECT count(*) FROM shared.outbox_messages WHERE kind = 'tests.failing' AND last_error IS NOT NULL"));
        Assert.Contains("No handler", await app.AccountsSqlAsync<string>("SELECT min(last_error) FROM shared.outbox_messages WHERE kind = 'tests.unknown'"), StringComparison.Ordinal);

        Task AddAsync(string kind, string payload) => app.AccountsSqlAsync<object>(
            "INSERT INTO shared.outbox_messages (kind, payload, created_at, due_at) VALUES ($1, $2::jsonb, now(), now())", kind, payload.Replace("\\u0000", "\\u0001", StringComparison.Ordinal));
    }

    // Neither Odoo nor PostgreSQL can store an unpaired surrogate.
    private static string Whole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static string Random(int length) => string.Concat(Enumerable.Range(0, length).Select(place => (char)(0x4E00 + (place * 7_919 % 20_000))));

    private static async Task SoonAsync(string what, Func<Task<bool>> isSo)
    {
        var watch = Stopwatch.StartNew();
        while (!await isSo())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"Waited in vain for {what}.");
            await Task.Delay(20);
        }
    }
}
