using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Patron.Customers.Import;
using Patron.Hosting;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Crm;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.OwnProfiles;
using Patron.IntegrationTests.Reliability;
using Patron.IntegrationTests.Sync;
using Patron.IntegrationTests.Tradeline;
using Patron.OdooStandIn.Company;
using Patron.Shared.Background;
using Patron.Shared.Callers;
using Patron.Shared.Imports;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Customers;

/// <summary>Who gets marketing emails without having said so, and how the history of consents begins (contract, 'Amended').</summary>
public sealed class ConsentTests(TestDatabase database, OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task People_who_register_have_not_agreed()
    {
        var profile = await app.CreateProfileAsync(await app.RegisterAsync());
        var (person, (owner, _)) = (await app.SignUpAsync(), await app.SignUpBusinessAsync());

        Assert.False(profile.GetProperty("marketing_emails").GetBoolean());
        Assert.Equal(0, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers WHERE user_id IN ($1, $2) AND marketing_emails", person.Id, owner.Id));
        Assert.Empty(await HistoryAsync(app, profile.Id()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Box_at_registration_is_unticked_and_its_answer_begins_the_history(bool agrees)
    {
        var visitor = new PageVisitor(app);
        Assert.Matches("<input[^>]*name=\"marketing_emails\" type=\"checkbox\" value=\"on\"(?![^>]*checked)", await visitor.OpenAsync("/register"));
        var email = Intents.NewEmail();
        (string, string)[] box = agrees ? [("marketing_emails", "on")] : [];
        await visitor.PostAsync("/register", "/register", [
            ("first_name", "Jane"), ("last_name", "Doe"), ("email", email), ("password", Intents.GoodPassword), ("password_confirmation", Intents.GoodPassword),
            ("marketing_emails", "off"), .. box]);

        var id = await app.CustomersSqlAsync<string>("SELECT customer_id FROM customers.customers c WHERE user_id = (SELECT id FROM accounts.users WHERE email = $1)", email);
        Assert.Equal(agrees ? ["marketing_emails true customer"] : [], await HistoryAsync(app, id!));
        var card = PageVisitor.Card(await visitor.OpenAsync("/profile"), "preferences")!;
        Assert.Equal(agrees, card.Contains("opted in", StringComparison.Ordinal));
        Assert.Equal(agrees, card.Contains("when you signed up", StringComparison.Ordinal));
        Assert.Equal(agrees, card.Contains("“Email me news and offers. Unsubscribe at any time.”", StringComparison.Ordinal));
    }

    [Fact]
    public async Task First_statement_of_a_person_begins_the_history_even_if_it_changes_nothing()
    {
        var person = await app.RegisterAsync();
        var profile = await app.CreateProfileAsync(person, new { city = "Portland", marketing_emails = false });
        Assert.Equal(["marketing_emails false customer"], await HistoryAsync(app, profile.Id()));

        foreach (var value in new[] { false, true, true, false })
        {
            await (await app.PatchProfileAsync(person, new { marketing_emails = value })).ShouldBeAsync(HttpStatusCode.OK);
        }

        Assert.Equal(
            ["marketing_emails false customer", "marketing_emails true customer", "marketing_emails false customer"], await HistoryAsync(app, profile.Id()));
    }

    [Fact]
    public async Task Record_that_staff_or_a_key_enter_has_the_default_consent_and_says_whose_it_is()
    {
        var staff = await app.SomeStaffAsync();
        var entry = JohnDoe();
        entry.Remove("marketing_emails");
        Assert.Equal(["marketing_emails true staff"], await HistoryAsync(app, (await app.CreateCustomerAsync(staff, entry)).Id()));
        entry["email"] = Intents.NewEmail();
        var byKey = await app.Customers.SendAsync(HttpMethod.Post, Api, null, entry, ("X-Api-Key", await app.ApiKeyAsync(null, "customers:write")));
        Assert.Equal(["marketing_emails true api"], await HistoryAsync(app, (await byKey.ShouldBeAsync(HttpStatusCode.Created)).Id()));
        Assert.Equal([true, false], await ImportAsync(app, "name,marketing_emails\nAnn,\nBo,no\n"));
    }

    [Fact]
    public async Task Setting_takes_the_default_consent_away()
    {
        await using var other = await ServerOn.StartAsync(database, await app.CopyOfDatabaseAsync(), new() { ["Customers:MarketingDefault"] = "false" });
        var staff = await other.StaffAsync();
        var entry = JohnDoe();
        entry.Remove("marketing_emails");
        Assert.False((await other.CreateCustomerAsync(staff, entry)).GetProperty("marketing_emails").GetBoolean());
        entry["email"] = Intents.NewEmail();
        entry["marketing_emails"] = true;
        Assert.True((await other.CreateCustomerAsync(staff, entry)).GetProperty("marketing_emails").GetBoolean());
        Assert.Equal([false, false], await ImportAsync(other, "name,marketing_emails\nAnn,\nBo,no\n"));
    }

    [Fact]
    public async Task Customers_of_the_ERP_have_not_agreed()
    {
        await using var world = await SyncWorld.StartAsync(database, ErpKind.Csv);
        var partner = world.Company.AddPartner("Ann", "ann@x.example");
        await world.SyncAsync();
        Assert.False((await world.CustomerOfAsync(partner)).GetProperty("marketing_emails").GetBoolean());
    }

    [Fact]
    public async Task Consent_that_nobody_gave_is_withdrawn_by_the_upgrade()
    {
        var staff = await app.SomeStaffAsync();
        var (registered, entered, synced, given) = (await app.CreateProfileAsync(await app.RegisterAsync()), await app.CreateCustomerAsync(staff), await app.CreateCustomerAsync(staff), await app.RegisterAsync());
        var agreed = await app.CreateProfileAsync(given, new { marketing_emails = true });
        // As older versions left them.
        await app.CustomersSqlAsync<object>("UPDATE customers.customers SET marketing_emails = true WHERE customer_id = $1", registered.Id());
        await app.CustomersSqlAsync<object>("UPDATE customers.customers SET erp_source = 'odoo', erp_id = '987654' WHERE customer_id = $1", synced.Id());
        await app.CustomersSqlAsync<object>("DELETE FROM customers.consents WHERE customer_uid IN (SELECT uid FROM customers.customers WHERE customer_id IN ($1, $2))", entered.Id(), synced.Id());
        await app.CustomersSqlAsync<object>("DELETE FROM shared.background_migrations WHERE name = 'customers.consents_not_given'");
        var version = await app.CustomersSqlAsync<long>("SELECT version FROM customers.customers WHERE customer_id = $1", registered.Id());

        await app.Customers.Services.GetRequiredService<CompletedMigrations>().ReadAsync(TestContext.Current.CancellationToken);
        await Eventually.BecomeTrueAsync(async () =>
        {
            await app.Customers.Services.GetServices<IHostedService>().OfType<BackgroundMigrator>().Single().RunAsync(TestContext.Current.CancellationToken);
            return await app.CustomersSqlAsync<bool>("SELECT finished_at IS NOT NULL FROM shared.background_migrations WHERE name = 'customers.consents_not_given'");
        });

        foreach (var (record, value, history) in new[]
        {
            (registered, false, (string[])["marketing_emails false migration"]), (synced, false, ["marketing_emails false migration"]),
            (entered, true, []), (agreed, true, ["marketing_emails true customer"]),
        })
        {
            Assert.Equal(value, (await app.ReadCustomerAsync(staff, record.Id())).GetProperty("marketing_emails").GetBoolean());
            Assert.Equal(history, await HistoryAsync(app, record.Id()));
        }

        Assert.Equal(version + 1, await app.CustomersSqlAsync<long>("SELECT version FROM customers.customers WHERE customer_id = $1", registered.Id()));
    }

    private static async Task<List<bool>> ImportAsync(PatronApp app, string csv)
    {
        await using var scope = app.Customers.Services.CreateAsyncScope();
        var told = new List<ImportedLine>();
        await scope.ServiceProvider.GetRequiredService<ImportCustomers>().HandleAsync(
            Caller.System(app.Home()), CustomerCsv.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(csv)), _ => { }, CancellationToken.None), allOrNothing: true, told.Add, CancellationToken.None);
        var json = await app.CustomersSqlAsync<string>("SELECT json_agg(marketing_emails ORDER BY id)::text FROM customers.customers WHERE name IN ('Ann', 'Bo')");
        return JsonSerializer.Deserialize<List<bool>>(json!)!;
    }

    private static async Task<string[]> HistoryAsync(PatronApp app, string customerId)
    {
        var json = await app.CustomersSqlAsync<string>(
            """
            SELECT coalesce(json_agg(kind || ' ' || value || ' ' || CASE WHEN is_migration THEN 'migration' ELSE source END ORDER BY k.id), '[]')::text
            FROM customers.consents k JOIN customers.customers c ON c.uid = k.customer_uid WHERE customer_id = $1
            """, customerId);
        return JsonSerializer.Deserialize<string[]>(json!)!;
    }
}
