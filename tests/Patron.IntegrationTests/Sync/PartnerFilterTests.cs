using System.Net;
using Patron.Hosting;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Customers.Filters;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Sync;

/// <summary>Customers are filtered by their partners in the ERP.</summary>
public sealed class PartnerFilterTests(TestDatabase database)
{
    [Fact]
    public async Task Customer_is_found_by_the_id_of_a_partner_also_after_a_merge()
    {
        await using var world = await SyncWorld.StartAsync(database, ErpKind.Odoo);
        var ann = world.Company.AddPartner("Ann", "ann@x.example");
        var bea = world.Company.AddPartner("Bea", "bea@x.example");
        await world.SyncAsync();
        var admin = await world.GetAdminAsync();
        var (annId, beaId) = ((await world.CustomerOfAsync(ann)).Text("customer_id")!, (await world.CustomerOfAsync(bea)).Text("customer_id")!);

        Assert.Equal([annId], await FindAsync($"odoo:{ann}"));
        Assert.Equal(new[] { annId, beaId }.Order(StringComparer.Ordinal), (await FindAsync($"erp:{ann},{bea}")).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(annId, await FindAsync($"-odoo:{ann}"));
        Assert.Contains(annId, await FindAsync("has:odoo"));
        Assert.DoesNotContain(annId, await FindAsync("-has:odoo"));
        Assert.Empty(await FindAsync("odoo:999999999"));
        await (await world.FindAsync(admin, "csv:1")).ShouldRefuseAsync("filter");

        await (await world.Customers.SendAsync(HttpMethod.Post, $"/api/v1/customers/{annId}/merge", admin, new { others = new[] { beaId } })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal([annId], await FindAsync($"odoo:{bea}"));

        async Task<string[]> FindAsync(string filter) =>
            [.. (await (await world.FindAsync(admin, filter)).ShouldBeAsync(HttpStatusCode.OK)).EnumerateArray().Select(customer => customer.Id())];
    }
}
