using System.Net;
using Patron.Hosting;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;

namespace Patron.IntegrationTests.Sync;

/// <summary>Matching partners with existing customers and accounts (linking.md, 'Sync, ledger and figures').</summary>
public abstract class SyncMatchingTests(TestDatabase database, ErpKind erp)
{
    [Fact]
    public async Task Existing_customer_is_linked_and_its_old_values_stay_in_the_history()
    {
        await using var world = await SyncWorld.StartAsync(database, erp);
        var entered = await world.CreateCustomerAsync(await world.SomeStaffAsync(), CustomerIntents.JohnDoe("john@x.example"));
        var partner = world.Company.AddPartner("John Doe Trading", "JOHN@x.example", ("is_company", true), ("city", "Harare"), ("phone", "+263 77 1"));
        var figures = await world.SyncAsync();
        Assert.Equal((0, 1), (figures.Created, figures.Updated));
        Assert.Equal([($"{partner}", entered.Id())], figures.Adopted.Select(adopted => (adopted.PartnerId, adopted.CustomerId)));

        var customer = await world.CustomerOfAsync(partner);
        Assert.Equal(("John Doe Trading", "company", "Harare", "+263 77 1", "john@x.example"), (customer.Text("name"), customer.Text("customer_type"), customer.Text("city"), customer.Text("phone"), customer.Email()));
        Assert.Equal("Premium customer", customer.Text("notes"));
        var (action, before, _) = (await world.TraceAsync(entered))[^1];
        Assert.Equal("customer.synced", action);
        Assert.Contains("New York", before, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proven_account_is_linked_to_the_partner_and_keeps_its_names()
    {
        await using var world = await SyncWorld.StartAsync(database, erp);
        var proven = await world.RegisterAsync("jane@x.example", "Jane", "Doe");
        await world.ProveAsync(proven);
        var (owner, _) = await world.SignUpAsync("owner@x.example");
        await world.ProveAsync(owner);
        var first = world.Company.AddPartner("J. Doe", "jane@x.example", ("phone", "+263 77 2"));
        var second = world.Company.AddPartner("O. Doe", "owner@x.example");
        var figures = await world.SyncAsync();
        Assert.Equal((0, 2, 2), (figures.Created, figures.Updated, figures.Adopted.Count));

        var jane = await world.CustomerOfAsync(first);
        Assert.Equal((proven.Id, "Jane", "J. Doe", "+263 77 2"), (jane.User(), jane.Text("first_name"), jane.Text("name"), jane.Text("phone")));
        Assert.Equal(owner.Id, (await world.CustomerOfAsync(second)).User());
        Assert.Equal(2, (await world.SyncAsync(full: true)).Unchanged);
    }

    [Fact]
    public async Task Partner_of_an_unproven_sign_up_waits_and_proof_merges_both()
    {
        await using var world = await SyncWorld.StartAsync(database, erp);
        var (person, typed) = await world.SignUpAsync("maybe@x.example", phone: "+263 77 3");
        var partner = world.Company.AddPartner("Maybe Ltd", "maybe@x.example", ("is_company", true), ("vat", "ZW1"));
        Assert.Equal(1, (await world.SyncAsync()).Created);
        Assert.Equal(2, (await world.RecordsAsync("maybe@x.example")).Count);

        await world.ProveAsync(person);
        var one = Assert.Single(await world.RecordsAsync("maybe@x.example"));
        Assert.Equal((person.Id, "Maybe Ltd", "ZW1", partner), (one.User(), one.Text("name"), one.Text("tax_id"), long.Parse(one.Text("erp_id")!)));
        Assert.Equal(one.Text("uid"), (await world.CustomerOfAsync(partner)).Text("uid"));
        Assert.NotEqual(typed.Uid.ToString(), one.Text("uid"));
    }

    [Fact]
    public async Task Lowest_active_partner_of_an_address_wins_and_others_are_conflicts()
    {
        await using var world = await SyncWorld.StartAsync(database, erp);
        var archived = world.Company.AddPartner("Archived", "shared@x.example");
        world.Company.Archive(archived);
        var first = world.Company.AddPartner("First", "shared@x.example");
        var second = world.Company.AddPartner("Second", " Shared@X.example ", ("is_company", true));
        var third = world.Company.AddPartner("Third", "\"Third\" <shared@x.example>");
        for (var run = 1; run <= 2; run++)
        {
            var figures = await world.SyncAsync();
            Assert.Equal((run == 1 ? 1 : 0, 3), (figures.Created, figures.Conflicts));
        }

        Assert.Equal("First", (await world.CustomerOfAsync(third)).Text("name"));
        Assert.Equal("conflict same_address", await world.StateOfAsync(archived));

        var listed = (await world.AskAsync(HttpMethod.Get, "sync/partners/?state=conflict")).GetProperty("data");
        Assert.Equal([archived, second, third], listed.EnumerateArray().Select(one => long.Parse(one.Text("id")!)));
        Assert.Equal("First", listed[1].GetProperty("customer").Text("name"));
        Assert.Equal("Second", listed[1].GetProperty("erp").Text("name"));

        await SettleAsync(archived, "ignore");
        await SettleAsync(third, "keep");
        await SettleAsync(second, "take");
        await (await world.Accounts.SendAsync(HttpMethod.Post, $"/api/portal/sync/partners/{second}/settle/", await world.GetAdminAsync(), new { decision = "take" }))
            .ShouldBeAsync(HttpStatusCode.BadRequest);
        var settled = await world.SyncAsync();
        Assert.Equal((0, 0, 1), (settled.Created, settled.Conflicts, settled.Skipped["set_aside"]));
        var customer = await world.CustomerOfAsync(second);
        Assert.Equal(("Second", "company"), (customer.Text("name"), customer.Text("customer_type")));
        world.Company.Change(first, ("name", "Not the owner any more"));
        Assert.Equal(0, (await world.SyncAsync()).Updated);
        Assert.Equal(0, (await world.SyncAsync(full: true)).Conflicts);

        async Task SettleAsync(long partner, string decision) => await world.AskAsync(HttpMethod.Post, $"sync/partners/{partner}/settle/", new { decision });
    }

    [Fact]
    public async Task Customer_without_account_takes_a_new_address_unless_it_is_taken()
    {
        await using var world = await SyncWorld.StartAsync(database, erp);
        var moving = world.Company.AddPartner("Moving", "old@x.example");
        var staying = world.Company.AddPartner("Staying", "taken@x.example");
        await world.SyncAsync();

        world.Company.Change(moving, ("email", "new@x.example"));
        Assert.Equal(1, (await world.SyncAsync()).Updated);
        Assert.Equal("new@x.example", (await world.CustomerOfAsync(moving)).Email());

        world.Company.Change(moving, ("email", "taken@x.example"), ("phone", "+263 77 9"));
        Assert.Equal(1, (await world.SyncAsync()).Conflicts);
        var stuck = await world.CustomerOfAsync(moving);
        Assert.Equal(("new@x.example", "+263 77 9"), (stuck.Email(), stuck.Text("phone")));
        Assert.Equal("conflict address_taken", await world.StateOfAsync(moving));
        Assert.Equal("current", await world.StateOfAsync(staying));
    }

    [Fact]
    public async Task New_address_in_the_ERP_does_not_change_the_login_of_an_account()
    {
        await using var world = await SyncWorld.StartAsync(database, erp);
        var partner = world.Company.AddPartner("Company", "login@x.example");
        await world.SyncAsync();
        var person = await world.RegisterAsync("login@x.example");
        await world.ProveAsync(person);
        world.Company.Change(partner, ("email", "office@x.example"));
        Assert.Equal(1, (await world.SyncAsync()).Conflicts); // Staff see a conflict.
        Assert.Equal("conflict address_moved", await world.StateOfAsync(partner));
        Assert.Equal("login@x.example", (await world.CustomerOfAsync(partner)).Email());

        var byLogin = world.Company.AddPartner("By login", "login@x.example");
        var byOffice = world.Company.AddPartner("By office", "office@x.example");
        var figures = await world.SyncAsync();
        Assert.Equal((0, 3), (figures.Created, figures.Conflicts));
        Assert.Equal(person.Id, (await world.CustomerOfAsync(byLogin)).User());
        Assert.Equal(person.Id, (await world.CustomerOfAsync(byOffice)).User());
    }
}

public sealed class OdooSyncMatchingTests(TestDatabase database) : SyncMatchingTests(database, ErpKind.Odoo);

public sealed class CsvSyncMatchingTests(TestDatabase database) : SyncMatchingTests(database, ErpKind.Csv);
