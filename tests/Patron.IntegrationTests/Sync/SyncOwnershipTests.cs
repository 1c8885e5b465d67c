using System.Net;
using System.Text.Json;
using Patron.Hosting;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;

namespace Patron.IntegrationTests.Sync;

/// <summary>What the ERP owns, and the customers of archived, deleted or merged partners (linking.md, 'Ownership').</summary>
public abstract class SyncOwnershipTests(TestDatabase database, ErpKind erp)
{
    [Fact]
    public async Task Staff_are_referred_to_the_ERP_and_a_change_request_waits_for_the_sync()
    {
        await using var world = await SyncWorld.StartAsync(database, erp);
        var partner = world.Company.AddPartner("Company", "company@x.example", ("is_company", true), ("city", "Harare"), ("vat", "ZW1"));
        await world.SyncAsync();
        var id = (await world.CustomerOfAsync(partner)).Text("customer_id")!;
        var staff = await world.SomeStaffAsync();
        var refused = await (await world.PutCustomerAsync(staff, id, new { city = "Bulawayo", notes = "not written" })).ShouldBeAsync(HttpStatusCode.BadRequest);
        Assert.Contains("The company's ERP owns city", refused.Text("detail"), StringComparison.Ordinal);
        await (await world.PutCustomerAsync(staff, id, new { notes = "a good customer" })).ShouldBeAsync(HttpStatusCode.OK);

        var person = await world.RegisterAsync("company@x.example");
        await world.ProveAsync(person);
        var answer = await PatchAsync(new { city = "Bulawayo", tax_id = "ZW2", gender = "female" });
        Assert.Equal(["city", "tax_id"], Pending(answer));
        Assert.Equal(("Harare", "female"), (answer.Text("city"), answer.Text("gender")));
        Assert.Equal(["city", "tax_id"], Pending(await PatchAsync(new { city = "Gweru" })));

        var changeRequests = (await world.AskAsync(HttpMethod.Get, "change-requests/")).GetProperty("data");
        Assert.Equal(["tax_id ZW2", "city Gweru"], changeRequests.EnumerateArray().Select(request => $"{request.Text("field")} {request.Text("value")}"));

        world.Company.Change(partner, ("city", "Gweru"));
        await world.SyncAsync();
        await world.AskAsync(HttpMethod.Post, $"change-requests/{changeRequests[0].GetProperty("id").GetInt64()}/decline/");
        var profile = await (await world.Accounts.SendAsync(HttpMethod.Get, "/api/v1/customers/profile/", person)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Null(profile.Said("pending_changes"));
        Assert.Equal(("Gweru", "ZW1"), (profile.Text("city"), profile.Text("tax_id")));

        async Task<JsonElement> PatchAsync(object body) =>
            await (await world.Accounts.SendAsync(HttpMethod.Patch, "/api/v1/customers/profile/update/", person, body)).ShouldBeAsync(HttpStatusCode.OK);

        static IEnumerable<string?> Pending(JsonElement profile) => profile.GetProperty("pending_changes").EnumerateArray().Select(name => name.GetString());
    }

    [Fact]
    public async Task Partner_fills_an_empty_language_and_keeps_another_one()
    {
        await using var world = await SyncWorld.StartAsync(database, erp);
        var partner = world.Company.AddPartner("Ann", "ann@x.example", ("lang", "de_DE"));
        await world.SyncAsync();
        var customer = await world.CustomerOfAsync(partner);
        Assert.Equal("de-DE", customer.Text("language"));

        await (await world.PutCustomerAsync(await world.SomeStaffAsync(), customer.Text("customer_id")!, new { language = "fr" })).ShouldBeAsync(HttpStatusCode.OK);
        world.Company.Change(partner, ("lang", "en_US"));
        await world.SyncAsync();
        Assert.Equal("fr", (await world.CustomerOfAsync(partner)).Text("language"));
    }

    [Fact]
    public async Task Customer_is_one_since_the_partner_was_entered()
    {
        await using var world = await SyncWorld.StartAsync(database, erp);
        var entered = new DateTime(2021, 3, 4, 5, 6, 7, DateTimeKind.Utc);
        var partner = world.Company.AddPartner("Ann", "ann@x.example", ("create_date", entered));
        await world.SyncAsync();
        Assert.Equal(entered, (await world.CustomerOfAsync(partner)).GetProperty("customer_since").GetDateTime());
    }

    [Theory]
    [InlineData("done", "customer.change_request_done")]
    [InlineData("decline", "customer.change_request_declined")]
    public async Task Answered_change_request_is_audited_with_its_field(string answer, string action)
    {
        await using var world = await SyncWorld.StartAsync(database, erp);
        var partner = world.Company.AddPartner("Company", "company@x.example", ("is_company", true), ("city", "Harare"));
        await world.SyncAsync();
        var person = await world.RegisterAsync("company@x.example");
        await world.ProveAsync(person);
        await (await world.Accounts.SendAsync(HttpMethod.Patch, "/api/v1/customers/profile/update/", person, new { city = "Gweru" })).ShouldBeAsync(HttpStatusCode.OK);
        var request = Assert.Single((await world.AskAsync(HttpMethod.Get, "change-requests/")).GetProperty("data").EnumerateArray()).GetProperty("id").GetInt64();
        var customer = await world.CustomerOfAsync(partner);

        await world.AskAsync(HttpMethod.Post, $"change-requests/{request}/{answer}/");
        await world.AskAsync(HttpMethod.Post, $"change-requests/{request}/{answer}/", status: HttpStatusCode.NotFound);

        var entry = Assert.Single(await world.TraceAsync(customer), entry => entry.Action.StartsWith("customer.change_request_", StringComparison.Ordinal));
        Assert.Equal((action, null, $$"""{"field": "city", "request_id": "{{request}}"}"""), entry);
        Assert.Equal((await world.GetAdminAsync()).Id, await world.CustomersSqlAsync<Guid>("SELECT actor_user_id FROM shared.audit_entries WHERE action = $1", action));
    }

    [Fact]
    public async Task Settings_limit_what_the_ERP_owns()
    {
        await using var world = await SyncWorld.StartAsync(database, erp, null, ("Odoo:Owns:0", "name"), ("Odoo:Owns:1", "tax_id"));
        var partner = world.Company.AddPartner("Company", "company@x.example", ("city", "Harare"), ("vat", "ZW1"));
        await world.SyncAsync();
        var id = (await world.CustomerOfAsync(partner)).Text("customer_id")!;
        var staff = await world.SomeStaffAsync();
        await (await world.PutCustomerAsync(staff, id, new { city = "Bulawayo" })).ShouldBeAsync(HttpStatusCode.OK);
        await (await world.PutCustomerAsync(staff, id, new { tax_id = "ZW2" })).ShouldBeAsync(HttpStatusCode.BadRequest);
        world.Company.Change(partner, ("city", "Gweru"), ("vat", "ZW3"));
        world.Company.Archive(partner);
        await world.SyncAsync();
        var customer = await world.CustomerOfAsync(partner);
        Assert.Equal(("Bulawayo", "ZW3", "active"), (customer.Text("city"), customer.Text("tax_id"), customer.Text("status")));
    }

    [Fact]
    public async Task Archived_partner_is_inactive_and_deletion_or_block_by_staff_is_kept()
    {
        await using var world = await SyncWorld.StartAsync(database, erp);
        var archived = world.Company.AddPartner("Archived", "archived@x.example");
        var blocked = world.Company.AddPartner("Blocked", "blocked@x.example");
        var deleted = world.Company.AddPartner("Deleted", "deleted@x.example");
        await world.SyncAsync();
        world.Company.Archive(archived);
        await SetStatusAsync(blocked, "blocked");
        await SetStatusAsync(deleted, "inactive");
        foreach (var partner in new[] { blocked, deleted })
        {
            world.Company.Change(partner, ("phone", "+263 77 4"));
        }

        await world.SyncAsync();
        Assert.Equal("inactive", await StatusAsync(archived));
        Assert.Equal("blocked", await StatusAsync(blocked));
        Assert.Equal("inactive", await StatusAsync(deleted));
        world.Company.Restore(archived);
        await world.SyncAsync();
        Assert.Equal("active", await StatusAsync(archived));

        async Task SetStatusAsync(long partner, string status) => await (await world.PutCustomerAsync(
            await world.SomeStaffAsync(), (await world.CustomerOfAsync(partner)).Text("customer_id")!, new { status })).ShouldBeAsync(HttpStatusCode.OK);

        async Task<string?> StatusAsync(long partner) => (await world.CustomerOfAsync(partner)).Text("status");
    }

    [Fact]
    public async Task Gone_partner_is_unlinked_and_a_merge_is_proposed()
    {
        await using var world = await SyncWorld.StartAsync(database, erp);
        var deleted = world.Company.AddPartner("Deleted", "deleted@x.example");
        var from = world.Company.AddPartner("From", "merged@x.example");
        var into = world.Company.AddPartner("Into", "merged@x.example");
        await world.SyncAsync();
        world.Company.Delete(deleted);
        world.Company.Merge(from, into);
        var figures = await world.SyncAsync();
        Assert.Equal((2, 0, 1), (figures.Gone, figures.Conflicts, figures.Created));

        var kept = await world.CustomerOfAsync(deleted);
        Assert.Equal(("gone", "Deleted", null), (await world.StateOfAsync(deleted), kept.Text("name"), kept.Said("erp_id")));
        await (await world.PutCustomerAsync(await world.SomeStaffAsync(), kept.Text("customer_id")!, new { city = "Mutare" })).ShouldBeAsync(HttpStatusCode.OK);
        var (old, now) = (await world.CustomerOfAsync(from), await world.CustomerOfAsync(into));
        Assert.Equal(("From", "released", "Into", "claimed"), (old.Text("name"), old.Text("claim"), now.Text("name"), now.Text("claim")));

        var waiting = Assert.Single((await world.AskAsync(HttpMethod.Get, "sync/partners/?waiting=true")).GetProperty("data").EnumerateArray());
        Assert.Equal(
            ($"{from}", "gone", "From", "Into"),
            (waiting.Text("id"), waiting.Text("state"), waiting.GetProperty("customer").Text("name"), waiting.GetProperty("successor").Text("name")));
        Assert.Equal(world.IsOdoo, waiting.Said("url")?.Contains($"id={from}", StringComparison.Ordinal) ?? false);
        await world.AskAsync(HttpMethod.Post, $"sync/partners/{from}/settle/", new { decision = "keep" }, HttpStatusCode.BadRequest);
        var settled = await world.AskAsync(HttpMethod.Post, $"sync/partners/{from}/settle/", new { decision = "merge" });
        Assert.Equal("Into", settled.GetProperty("data").GetProperty("customer").Text("name"));
        Assert.Equal(now.GetProperty("uid").GetGuid(), (await world.ReadCustomerAsync(await world.SomeStaffAsync(), old.Text("customer_id")!)).GetProperty("uid").GetGuid());
        Assert.Empty((await world.AskAsync(HttpMethod.Get, "sync/partners/?waiting=true")).GetProperty("data").EnumerateArray());
        Assert.Equal((2, 0, 0, 0), ((await world.SyncAsync(full: true)) is var after ? (after.Gone, after.Conflicts, after.Created, after.Updated) : default));
    }

    [Fact]
    public async Task Erased_customer_is_not_imported_again()
    {
        await using var world = await SyncWorld.StartAsync(database, erp);
        var partner = world.Company.AddPartner("Forgotten", "forgotten@x.example");
        await world.SyncAsync();
        var id = (await world.CustomerOfAsync(partner)).Text("customer_id");
        await (await world.Accounts.SendAsync(HttpMethod.Delete, $"/api/v1/customers/{id}/hard", await world.GetAdminAsync())).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal((0, 1), await FiguresAsync(full: false));
        world.Company.Change(partner, ("phone", "+263 77 5"));
        Assert.Equal((0, 1), await FiguresAsync(full: true));
        Assert.Equal(0, await world.CountCustomersAsync());

        async Task<(long Unchanged, long Erased)> FiguresAsync(bool full)
        {
            var figures = await world.SyncAsync(full: full);
            return (figures.Unchanged, figures.Skipped["erased"]);
        }
    }
}

public sealed class OdooSyncOwnershipTests(TestDatabase database) : SyncOwnershipTests(database, ErpKind.Odoo);

public sealed class CsvSyncOwnershipTests(TestDatabase database) : SyncOwnershipTests(database, ErpKind.Csv);
