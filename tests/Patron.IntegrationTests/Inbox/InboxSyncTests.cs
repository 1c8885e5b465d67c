using System.Net;
using System.Text.Json;
using Patron.Hosting;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;
using Patron.IntegrationTests.Sync;

namespace Patron.IntegrationTests.Inbox;

/// <summary>Items that a sync makes and ends: conflicts, partners that want one address, and change requests.</summary>
public sealed class InboxSyncTests(TestDatabase database)
{
    [Fact]
    public async Task Partners_that_want_one_address_are_items_until_each_is_settled()
    {
        await using var world = await SyncWorld.StartAsync(database, ErpKind.Csv);
        world.Company.AddPartner("First", "shared@x.example");
        var (second, third) = (world.Company.AddPartner("Second", "shared@x.example"), world.Company.AddPartner("Third", "shared@x.example"));
        await world.SyncAsync();
        var admin = await world.GetAdminAsync();
        var items = await world.ItemsAsync(admin, "key_collision");
        Assert.Equal(2, items.Count);
        var partner = (await world.OpenItemAsync(admin, items[0])).GetProperty("partners")[0];
        Assert.Equal(("conflict", "First"), (partner.Text("state"), partner.GetProperty("customer").Text("name")));
        await world.SyncAsync(full: true); // Each run decides again; the items stay as they are.
        Assert.Equal(items.ConvertAll(item => item.GetRawText()), (await world.ItemsAsync(admin, "key_collision")).ConvertAll(item => item.GetRawText()));

        await SettleAsync(world, second, "keep");
        Assert.Single(await world.ItemsAsync(admin, "key_collision"));
        world.Company.Change(third, ("email", "third@x.example"));
        await world.SyncAsync();
        Assert.Empty(await world.ItemsAsync(admin, "key_collision"));
    }

    [Fact]
    public async Task Conflicts_of_one_customer_are_one_item_until_the_last_is_settled()
    {
        await using var world = await SyncWorld.StartAsync(database, ErpKind.Csv);
        var (one, other) = (world.Company.AddPartner("One", "one@x.example"), world.Company.AddPartner("Other", "other@x.example"));
        await world.SyncAsync();
        var admin = await world.GetAdminAsync();
        var (kept, absorbed) = ((await world.CustomerOfAsync(one)).Text("customer_id")!, (await world.CustomerOfAsync(other)).Text("customer_id")!);
        var merge = await Merges.MergeIntents.MergeAsync(world, admin, kept, absorbed);
        var item = await world.ItemAsync(admin, "sync_conflict", kept);
        Assert.Equal("merged", item.GetProperty("data").GetProperty("reasons")[0].GetString());
        Assert.Equal($"{other}", (await world.OpenItemAsync(admin, item)).GetProperty("partners")[0].Text("id"));

        await Merges.MergeIntents.UndoAsync(world, admin, merge);
        Assert.Empty(await world.ItemsAsync(admin, "sync_conflict"));

        await Merges.MergeIntents.MergeAsync(world, admin, kept, absorbed);
        await world.ItemAsync(admin, "sync_conflict", kept);
        await SettleAsync(world, other, "ignore");
        Assert.Empty(await world.ItemsAsync(admin, "sync_conflict"));
    }

    [Fact]
    public async Task Conflict_of_an_erased_customer_is_over()
    {
        await using var world = await SyncWorld.StartAsync(database, ErpKind.Csv);
        var partner = world.Company.AddPartner("Company", "login@x.example");
        await world.SyncAsync();
        var person = await world.RegisterAsync("login@x.example");
        await world.ProveAsync(person);
        world.Company.Change(partner, ("email", "office@x.example"));
        await world.SyncAsync();
        var admin = await world.GetAdminAsync();
        var customer = (await world.CustomerOfAsync(partner)).Text("customer_id")!;
        Assert.Equal("address_moved", (await world.ItemAsync(admin, "sync_conflict", customer)).GetProperty("data").GetProperty("reasons")[0].GetString());

        await (await world.Customers.SendAsync(HttpMethod.Delete, $"{CustomerIntents.Api}{customer}/hard", admin)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Empty(await world.ItemsAsync(admin, "sync_conflict"));
    }

    [Fact]
    public async Task Gone_partner_is_an_item_while_its_customer_has_an_account()
    {
        await using var world = await SyncWorld.StartAsync(database, ErpKind.Csv);
        var (partner, _) = (world.Company.AddPartner("Company", "gone@x.example"), world.Company.AddPartner("Stays", "stays@x.example"));
        await world.SyncAsync();
        var customer = (await world.CustomerOfAsync(partner)).Text("customer_id")!;
        world.Company.Delete(partner);
        await world.SyncAsync(full: true);
        var admin = await world.GetAdminAsync();
        Assert.Empty(await world.ItemsAsync(admin, "sync_conflict"));

        await world.CustomersSqlAsync<object>(
            "UPDATE customers.customers SET user_id = $2, link_evidence = 'staff', linked_at = now() WHERE customer_id = $1", customer, (await world.RegisterAsync()).Id);
        Assert.Equal("gone", (await world.ItemAsync(admin, "sync_conflict", customer)).GetProperty("data").GetProperty("reasons")[0].GetString());
        await SettleAsync(world, partner, "ignore");
        Assert.Empty(await world.ItemsAsync(admin, "sync_conflict"));
    }

    [Fact]
    public async Task Change_request_is_an_item_until_it_is_answered_withdrawn_replaced_or_fulfilled()
    {
        await using var world = await SyncWorld.StartAsync(database, ErpKind.Csv);
        var partner = world.Company.AddPartner("Company", "company@x.example", ("is_company", true), ("city", "Harare"));
        await world.SyncAsync();
        var person = await world.RegisterAsync("company@x.example");
        await world.ProveAsync(person);
        var admin = await world.GetAdminAsync();
        var customer = (await world.CustomerOfAsync(partner)).Text("customer_id")!;

        var item = await RequestAsync("Gweru");
        Assert.Equal("city", item.GetProperty("data").Text("field"));
        var request = (await world.OpenItemAsync(admin, item)).GetProperty("change_request");
        Assert.Equal("Gweru", request.Text("value"));
        await world.AskAsync(HttpMethod.Post, $"change-requests/{request.GetProperty("id").GetInt64()}/decline/");
        await world.ShouldBeSettledAsync(admin, "change_request", customer);

        item = await RequestAsync("Mutare");
        Assert.NotEqual(item.ItemId(), (await RequestAsync("Bulawayo")).ItemId());
        var id = (await world.OpenItemAsync(admin, await world.ItemAsync(admin, "change_request", customer))).GetProperty("change_request").GetProperty("id").GetInt64();
        await (await world.Accounts.SendAsync(HttpMethod.Post, $"/api/v1/customers/profile/change-requests/{id}/withdraw/", person)).ShouldBeAsync(HttpStatusCode.OK);
        await world.ShouldBeSettledAsync(admin, "change_request", customer);

        await RequestAsync("Gweru");
        world.Company.Change(partner, ("city", "Gweru"));
        await world.SyncAsync();
        await world.ShouldBeSettledAsync(admin, "change_request", customer);

        async Task<JsonElement> RequestAsync(string city)
        {
            await (await world.Accounts.SendAsync(HttpMethod.Patch, "/api/v1/customers/profile/update/", person, new { city })).ShouldBeAsync(HttpStatusCode.OK);
            return await world.ItemAsync(admin, "change_request", customer);
        }
    }

    private static async Task SettleAsync(SyncWorld world, long partner, string decision) =>
        await world.AskAsync(HttpMethod.Post, $"sync/partners/{partner}/settle/", new { decision });
}
