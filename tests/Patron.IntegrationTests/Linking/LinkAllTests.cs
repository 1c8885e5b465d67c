using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Patron.Customers.Customers;
using Patron.Customers.Import;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;
using Patron.IntegrationTests.Processes;
using Patron.Accounts.Users;
using Patron.Shared.Callers;
using Patron.Shared.Imports;

namespace Patron.IntegrationTests.Linking;

/// <summary>Linking of imported accounts and records, and <c>patron link</c>.</summary>
public sealed class LinkAllTests(OneProcess app) : IClassFixture<OneProcess>, IDisposable
{
    private readonly DataFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Link_all_creates_one_record_per_account_and_a_second_run_changes_nothing()
    {
        var staff = await app.SomeStaffAsync();
        var before = await SummaryAsync("--all"); // Left by other tests.
        var (has, _) = await app.SignUpAsync();
        var without = await app.RegisterAsync(firstName: "Without");
        // Imported as proven without a notification: the record stays unlinked although its account exists.
        var waitedFor = await app.RegisterAsync();
        var waiting = await app.CreateCustomerAsync(staff, CustomerIntents.JohnDoe(waitedFor.Email));
        await app.AccountsSqlAsync<object>("UPDATE accounts.users SET email_confirmed = true, email_confirmed_at = now() WHERE id = $1", waitedFor.Id);

        var dry = await SummaryAsync("--all", "--dry-run");
        Assert.Equal((1, 2), (dry.GetProperty("linked").GetInt32(), dry.GetProperty("created").GetInt32() + dry.GetProperty("had_customer").GetInt32() - before.GetProperty("accounts").GetInt32()));
        Assert.Empty(await app.RecordsAsync(without.Email));

        var done = await SummaryAsync("--all");
        Assert.Equal(dry.GetProperty("accounts").GetInt32(), done.GetProperty("accounts").GetInt32());
        Assert.Equal((1, 0), (done.GetProperty("linked").GetInt32(), done.GetProperty("failed").GetInt32()));
        Assert.Equal(without.Id, Assert.Single(await app.RecordsAsync(without.Email)).User());
        Assert.Equal((waitedFor.Id, waiting.GetProperty("uid").GetGuid()), (Assert.Single(await app.RecordsAsync(waitedFor.Email)).User(), (await app.RecordsAsync(waitedFor.Email))[0].GetProperty("uid").GetGuid()));
        Assert.Single(await app.RecordsAsync(has.Email));

        var again = await SummaryAsync("--all");
        Assert.Equal((0, 0), (again.GetProperty("linked").GetInt32(), again.GetProperty("created").GetInt32()));
    }

    [Fact]
    public async Task One_account_is_linked_by_its_address_and_an_unknown_one_is_an_error()
    {
        var person = await app.RegisterAsync();
        var first = await RunAsync(person.Email);
        var record = Assert.Single(await app.RecordsAsync(person.Email));
        Assert.Equal((0, $"{record.Text("customer_id")} is now the customer record of {person.Email}.\n"), (first.Status, first.Output));
        Assert.Contains(" is already the customer record of ", (await RunAsync(person.Email)).Output, StringComparison.Ordinal);

        var unknown = await RunAsync("nobody@tests.example");
        Assert.Equal((1, "There's no account with this email address.\n"), (unknown.Status, unknown.Errors));
        Assert.Equal(2, (await RunAsync()).Status);
    }

    [Fact]
    public async Task Imported_proven_accounts_are_linked_to_their_records()
    {
        var staff = await app.SomeStaffAsync();
        string[] emails = [Intents.NewEmail(), Intents.NewEmail(), Intents.NewEmail()];
        await app.CreateCustomerAsync(staff, CustomerIntents.JohnDoe(emails[0]));
        await app.CreateCustomerAsync(staff, CustomerIntents.JohnDoe(emails[1]));
        var jane = new PersonNames("Jane", "Doe", null, null);
        await app.ImportAsync([new(emails[0], jane) { EmailVerified = true }, new(emails[1], jane), new(emails[2], jane) { EmailVerified = true }]);
        Assert.NotNull(Assert.Single(await app.RecordsAsync(emails[0])).User());
        Assert.Null(Assert.Single(await app.RecordsAsync(emails[1])).User());
        Assert.Empty(await app.RecordsAsync(emails[2]));
    }

    [Fact]
    public async Task Customers_from_a_file_are_linked_to_members_who_have_proven_their_addresses()
    {
        var proven = await app.RegisterAsync(firstName: "Proven");
        await app.ProveAsync(proven);
        var unproven = await app.RegisterAsync();
        var (known, _) = await app.SignUpAsync();
        await app.ProveAsync(known);
        var told = await ImportAsync(proven.Email, unproven.Email, known.Email, Intents.NewEmail());
        Assert.Equal([true, true, false, true], told.Select(rejection => rejection is null));
        Assert.EndsWith(" already has this email.", told[2], StringComparison.Ordinal);
        var linked = Assert.Single(await app.RecordsAsync(proven.Email));
        Assert.Equal((proven.Id, "Proven", "email_proven"), (linked.User(), linked.Text("first_name"), linked.Text("link_evidence")));
        Assert.Null(Assert.Single(await app.RecordsAsync(unproven.Email)).User());
    }

    private async Task<List<string?>> ImportAsync(params string[] emails)
    {
        await using var scope = app.Customers.Services.CreateAsyncScope();
        var told = new List<string?>();
        var lines = emails.Select((email, index) => new ImportLine<CustomerChanges>(
            index + 1, new CustomerChanges(CustomerSchema.FirstName.With("John"), CustomerSchema.LastName.With("File"), CustomerSchema.Email.With(email))));
        var result = await scope.ServiceProvider.GetRequiredService<ImportCustomers>().HandleAsync(
            Caller.System(app.Home()), lines.ToAsyncEnumerable(), false, line => told.Add(line.Rejection), CancellationToken.None);
        Assert.Null(result.Error);
        return told;
    }

    private async Task<JsonElement> SummaryAsync(params string[] options)
    {
        var answer = await RunAsync([.. options, "--json"]);
        Assert.True(answer.Status == 0, answer.Errors);
        return JsonDocument.Parse(answer.Output).RootElement;
    }

    private Task<CommandAnswer> RunAsync(params string[] options) => PatronCommandLine.RunAsync(
        PatronProcess.SettingsFor(app.Customers.ConnectionString),
        ["link", .. options, "--data", folder.Location]);
}
