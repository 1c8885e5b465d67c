using System.Net;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Sync;
using Patron.Shared.Callers;

namespace Patron.IntegrationTests.Merges;

/// <summary>Merges and undos beside runs of the sync: a partner has one record, and its values go where the partner is.</summary>
public sealed class MergeSyncRaceTests(TestDatabase database)
{
    private const int Concurrency = 50;

    [Fact]
    public async Task Sync_beside_fifty_merges_and_undos_leaves_each_partner_with_its_record_and_values()
    {
        await using var world = await SyncWorld.StartAsync(database);
        var staff = await world.StaffAsync(OrganizationRole.Vendor);
        var partners = Enumerable.Range(0, 10).Select(number => world.Company.AddPartner($"Partner {number}", $"partner{number}@x.example")).ToArray();
        await world.SyncAsync();
        var shown = await Task.WhenAll(partners.Select(async partner => (await world.CustomerOfAsync(partner)).Text("customer_id")!));
        var own = await Task.WhenAll(partners.Select(async _ => (await world.CreateCustomerAsync(staff)).Id()));
        var ownBefore = await Task.WhenAll(own.Select(id => world.StoredAsync(id)));

        var syncing = SyncWithChangesAsync(world, partners);
        var answers = await AccountCalls.ConcurrentlyAsync(Concurrency, async number =>
        {
            var merged = await world.TryMergeAsync(staff, own[number % 10], shown[number % 10]);
            return merged.StatusCode == HttpStatusCode.OK && number % 2 == 0
                ? await world.TryUndoAsync(staff, (await merged.ShouldBeAsync(HttpStatusCode.OK)).GetProperty("merges")[0].GetInt64())
                : merged;
        });
        await syncing;

        Assert.All(answers, answer => Assert.True((int)answer.StatusCode is 200 or 409 or 503, $"{answer.StatusCode}"));
        await world.CheckMergesAsync();
        Assert.Equal(10, await world.CustomersSqlAsync<long>("SELECT count(*) FROM erp.partners p JOIN customers.customers c ON c.uid = p.customer_uid AND c.erp_id = p.external_id"));
        while (await world.CustomersSqlAsync<long?>("SELECT max(id) FROM customers.merges WHERE survivor_before IS NOT NULL") is { } merge)
        {
            await world.UndoAsync(staff, merge);
        }

        var figures = await world.SyncAsync(full: true);
        Assert.Equal((0, 0), (figures.Conflicts, figures.Errors));
        for (var number = 0; number < partners.Length; number++)
        {
            var customer = await world.CustomerOfAsync(partners[number]);
            Assert.Equal((shown[number], "+49 30 2"), (customer.Text("customer_id"), customer.Text("phone")));
            Assert.Equal(ownBefore[number], await world.StoredAsync(own[number]));
        }
    }

    private static async Task SyncWithChangesAsync(SyncWorld world, long[] partners)
    {
        for (var run = 0; run < 3; run++)
        {
            foreach (var partner in partners)
            {
                world.Company.Change(partner, ("phone", $"+49 30 {run}"));
            }

            await world.SyncAsync(full: run == 1);
        }
    }
}
