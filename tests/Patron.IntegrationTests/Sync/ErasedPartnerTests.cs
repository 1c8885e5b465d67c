using System.Net;
using System.Text.Json;
using Patron.Hosting;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Sync;

/// <summary>
/// An erased person leaves the partner's id and a keyed hash of the address, and no sync imports them again (linking.md, 'Amended').
/// </summary>
public abstract class ErasedPartnerTests(TestDatabase database, ErpKind erp)
{
    private const string Email = "forgotten@x.example";

    [Theory]
    [InlineData("changed")]
    [InlineData("archived and back")]
    [InlineData("hidden and back")]
    [InlineData("hidden before the erasure")]
    [InlineData("settled before the erasure")]
    [InlineData("merged into a new partner")]
    [InlineData("entered again")]
    [InlineData("another contact with the address")]
    public async Task No_sync_imports_an_erased_person_again(string how)
    {
        await using var world = await SyncWorld.StartAsync(database, erp);
        var company = world.Company;
        var partner = company.AddPartner("Forgotten", Email);
        await world.SyncAsync();
        var customer = (await world.CustomerOfAsync(partner)).Text("customer_id")!;
        switch (how)
        {
            case "hidden before the erasure":
                company.Hide(partner);
                await world.SyncAsync();
                break;
            case "settled before the erasure":
                var second = company.AddPartner("Forgotten", Email);
                await world.SyncAsync();
                await world.AskAsync(HttpMethod.Post, $"sync/partners/{second}/settle/", new { decision = "take" });
                break;
        }

        await EraseAsync(world, customer);
        switch (how)
        {
            case "changed":
                company.Change(partner, ("phone", "+263 77 5"));
                break;
            case "archived and back":
                company.Archive(partner);
                await world.SyncAsync();
                company.Restore(partner);
                break;
            case "hidden and back":
                company.Hide(partner);
                await world.SyncAsync(full: true);
                company.Unhide(partner);
                break;
            case "hidden before the erasure":
                company.Unhide(partner);
                break;
            case "merged into a new partner":
                company.Merge(partner, company.AddPartner("Forgotten too", Email));
                break;
            case "entered again" or "another contact with the address":
                company.AddPartner("Forgotten again", Email.ToUpperInvariant());
                break;
        }

        foreach (var full in new[] { false, true })
        {
            var figures = await world.SyncAsync(full);
            Assert.Equal((0, 0), (figures.Created, figures.Errors));
            Assert.Equal(0, await world.CountCustomersAsync());
        }

        Assert.Equal(0, await world.CustomersSqlAsync<long>(
            "SELECT count(*) FROM erp.partners p WHERE to_jsonb(p)::text ILIKE '%forgotten%'"));
        var refused = await world.Accounts.SendAsync(HttpMethod.Post, $"/api/portal/sync/partners/{partner}/settle/", await world.GetAdminAsync(), new { decision = "take" });
        Assert.Contains("erased", (await refused.ShouldBeAsync(HttpStatusCode.BadRequest)).Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recreated_person_is_linked_to_a_new_partner_and_not_the_old_one()
    {
        await using var world = await SyncWorld.StartAsync(database, erp);
        var old = world.Company.AddPartner("Forgotten", Email);
        await world.SyncAsync();
        await EraseAsync(world, (await world.CustomerOfAsync(old)).Text("customer_id")!);
        await world.CreateCustomerAsync(await world.SomeStaffAsync(), new { first_name = "Back", last_name = "Again", email = Email });
        var another = world.Company.AddPartner("Back Again", Email);

        var figures = await world.SyncAsync(full: true);

        Assert.Equal((1, 1), (figures.Adopted.Count, figures.Skipped["erased"]));
        Assert.Equal(("erased", "current"), (await world.StateOfAsync(old), await world.StateOfAsync(another)));
        Assert.Equal(1, await world.CountCustomersAsync());
    }

    [Fact]
    public async Task Partner_with_an_erased_persons_address_becomes_a_conflict()
    {
        await using var world = await SyncWorld.StartAsync(database, erp);
        var (erased, other) = (world.Company.AddPartner("Forgotten", Email), world.Company.AddPartner("Other", "other@x.example"));
        await world.SyncAsync();
        await EraseAsync(world, (await world.CustomerOfAsync(erased)).Text("customer_id")!);
        world.Company.Merge(erased, other);
        world.Company.Change(other, ("email", Email));

        Assert.Equal(1, (await world.SyncAsync()).Conflicts);

        Assert.Equal("conflict address_erased", await world.StateOfAsync(other));
        Assert.Equal("other@x.example", (await world.CustomerOfAsync(other)).Email());
    }

    [Fact]
    public async Task Unhashed_addresses_of_erased_persons_are_hashed_at_startup()
    {
        await using var world = await SyncWorld.StartAsync(database, erp);
        var partner = world.Company.AddPartner("Forgotten", Email);
        await world.SyncAsync();
        await EraseAsync(world, (await world.CustomerOfAsync(partner)).Text("customer_id")!);
        var hash = await HashesAsync(world, partner);
        await world.CustomersSqlAsync<long>("UPDATE erp.partners SET email_key = $2, address_hashes = NULL WHERE external_id = $1::text RETURNING rank", partner, Email);

        await using (await world.StartAnotherProcessAsync())
        {
            Assert.Equal(hash, await HashesAsync(world, partner));
        }

        world.Company.AddPartner("Forgotten again", Email);
        Assert.Equal((0, 2), ((int)(await world.SyncAsync()).Created, (int)(await world.SyncAsync()).Skipped["erased"]));
    }

    [Fact]
    public async Task Settlement_during_a_sync_is_never_lost()
    {
        await using var world = await SyncWorld.StartAsync(database, erp);
        world.Company.AddPartner("First", Email);
        await world.SyncAsync();
        for (var round = 0; round < 8; round++)
        {
            var second = world.Company.AddPartner($"Second {round}", Email);
            await world.SyncAsync();
            world.Company.Change(second, ("phone", $"+263 77 {round}"));

            var syncTask = world.SyncAsync(full: true);
            await world.AskAsync(HttpMethod.Post, $"sync/partners/{second}/settle/", new { decision = "keep" });
            await syncTask;
            await world.SyncAsync(full: true);

            Assert.Equal("current", await world.StateOfAsync(second));
        }
    }

    private static async Task EraseAsync(SyncWorld world, string customer) =>
        await (await world.Accounts.SendAsync(HttpMethod.Delete, $"/api/v1/customers/{customer}/hard", await world.GetAdminAsync())).ShouldBeAsync(HttpStatusCode.OK);

    private static async Task<string?> HashesAsync(SyncWorld world, long partner) => await world.CustomersSqlAsync<string>(
        "SELECT address_hashes::text FROM erp.partners WHERE external_id = $1::text AND email_key IS NULL AND facts IS NULL", partner);
}

public sealed class OdooErasedPartnerTests(TestDatabase database) : ErasedPartnerTests(database, ErpKind.Odoo);

public sealed class CsvErasedPartnerTests(TestDatabase database) : ErasedPartnerTests(database, ErpKind.Csv);
