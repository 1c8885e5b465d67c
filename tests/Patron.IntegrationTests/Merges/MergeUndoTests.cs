using System.Net;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;
using Patron.IntegrationTests.Sync;
using Patron.Hosting;
using Patron.Shared.Callers;

namespace Patron.IntegrationTests.Merges;

/// <summary>The undo of merges after random histories (linking.md, 'Merge').</summary>
public sealed class MergeUndoTests(TestDatabase database)
{
    private const int Histories = 100;

    [Fact]
    public async Task Hundred_random_histories_equal_those_without_the_undone_merges()
    {
        await using var world = await SyncWorld.StartAsync(database);
        var (staff, admin) = (await world.StaffAsync(OrganizationRole.Vendor), await world.GetAdminAsync());
        var partners = Enumerable.Range(0, Histories).Select(number => world.Company.AddPartner($"Partner {number}", $"partner{number}@x.example")).ToList();
        await world.SyncAsync();
        var histories = await Task.WhenAll(partners.Select(async (partner, number) =>
        {
            var history = new MergeHistory(world, staff, admin, seed: number);
            await history.CreateAsync();
            await history.CreateAsync();
            await history.AddAsync((await world.CustomerOfAsync(partner)).Text("customer_id")!);
            return history;
        }));

        // The sync in between must find nothing to change, whoever shows the partner.
        for (var round = 0; round < 2; round++)
        {
            await Parallel.ForEachAsync(histories, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (history, _) =>
            {
                for (var step = 0; step < 5; step++)
                {
                    await history.StepAsync();
                }

                await history.CompareAsync();
            });
            Assert.Equal(0, (await world.SyncAsync(full: round == 1)).Errors);
        }

        await Parallel.ForEachAsync(histories, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (history, _) => await history.UndoAllAsync());
        Assert.Equal(0, await world.CustomersSqlAsync<long>("SELECT count(*) FROM customers.absorbed"));
        Assert.Equal(0, await world.CustomersSqlAsync<long>("SELECT count(*) FROM customers.merges WHERE survivor_before IS NOT NULL"));
        Assert.Equal(await world.CustomersSqlAsync<long>("SELECT count(*) FROM erp.partners WHERE state <> 'erased' AND email_key LIKE 'partner%'"), await world.CustomersSqlAsync<long>(
            "SELECT count(*) FROM erp.partners p JOIN customers.customers c ON c.uid = p.customer_uid AND c.erp_id = p.external_id AND c.email_key = p.email_key WHERE c.claim = 'claimed' AND p.email_key LIKE 'partner%'"));
        await NothingIsLeftOfAsync(world, [.. histories.SelectMany(history => history.ErasedTexts)]);
        var figures = await world.SyncAsync(full: true);
        Assert.Equal((0, 0, 0), (figures.Conflicts, figures.Updated, figures.Created));
    }

    [Fact]
    public async Task Partner_in_conflict_by_the_merge_returns_and_one_that_staff_kept_stays()
    {
        await using var world = await SyncWorld.StartAsync(database);
        var staff = await world.StaffAsync(OrganizationRole.Vendor);
        var (one, two) = (world.Company.AddPartner("One", "one@x.example"), world.Company.AddPartner("Two", "two@x.example"));
        await world.SyncAsync();
        var (kept, other) = ((await world.CustomerOfAsync(one)).Text("customer_id")!, (await world.CustomerOfAsync(two)).Text("customer_id")!);
        var otherBefore = await world.StoredAsync(other);

        var merge = await world.MergeAsync(staff, kept, other);
        Assert.Equal("conflict merged", await world.StateOfAsync(two));
        world.Company.Change(two, ("phone", "+263 77 5"));
        await world.SyncAsync();
        await world.UndoAsync(staff, merge);
        Assert.Equal("current", await world.StateOfAsync(two));
        Assert.Equal(otherBefore, await world.StoredAsync(other));
        await world.SyncAsync();
        Assert.Equal("+263 77 5", (await world.CustomerOfAsync(two)).Text("phone"));

        merge = await world.MergeAsync(staff, kept, other);
        await world.AskAsync(HttpMethod.Post, $"sync/partners/{two}/settle/", new { decision = "keep" });
        await world.UndoAsync(staff, merge);
        Assert.Equal(kept, (await world.CustomerOfAsync(two)).Text("customer_id"));
        Assert.Null((await world.CustomersSqlAsync<string>("SELECT erp_id FROM customers.customers WHERE customer_id = $1", other)));
    }

    [Fact]
    public async Task Proofs_and_erasures_among_merges_leave_every_other_record_as_it_was()
    {
        await using var world = await SyncWorld.StartAsync(database);
        var (staff, admin) = (await world.StaffAsync(OrganizationRole.Vendor), await world.AdminAsync());
        var email = Intents.NewEmail();
        var (person, own) = await world.SignUpAsync(email);
        var waiting = (await world.CreateCustomerAsync(staff, CustomerIntents.JohnDoe(email))).Id();
        var third = (await world.CreateCustomerAsync(staff)).Id();
        var (waitingBefore, thirdBefore) = (await world.StoredAsync(waiting), await world.StoredAsync(third));
        await LinkingIntents.ProveAsync(world, person);
        var proof = (await world.LastMergeAsync(staff, waiting)).GetProperty("id").GetInt64();
        var merge = await world.MergeAsync(staff, third, waiting);
        Assert.Equal(person.Id, (await world.ReadCustomerAsync(person, third)).User());

        await world.UndoAsync(admin, proof, "Another John Doe");
        Assert.Equal(person.Id, (await world.ReadCustomerAsync(person, own.CustomerId)).User());
        Assert.Null((await world.ReadCustomerAsync(staff, third)).User());
        await world.UndoAsync(staff, merge);
        Assert.Equal((waitingBefore, thirdBefore), (await world.StoredAsync(waiting), await world.StoredAsync(third)));

        merge = await world.MergeAsync(staff, third, waiting);
        await (await world.Customers.SendAsync(HttpMethod.Delete, $"{CustomerIntents.Api}{third}/hard", staff)).ShouldBeAsync(HttpStatusCode.OK);
        await (await world.TryUndoAsync(staff, merge)).ShouldBeAsync(HttpStatusCode.Conflict);
        Assert.Equal(own.CustomerId, (await world.ReadCustomerAsync(person, own.CustomerId)).Id());
    }

    // Nobody who was erased is left in a record, a snapshot, an audit entry, a pending event or a stored answer.
    private static async Task NothingIsLeftOfAsync(SyncWorld world, string[] erased)
    {
        Assert.NotEmpty(erased);
        foreach (var (table, text) in new[]
        {
            ("customers.customers", "to_jsonb(t)::text"), ("customers.merges", "to_jsonb(t)::text"), ("shared.audit_entries", "to_jsonb(t)::text"),
            ("customers.match_keys", "to_jsonb(t)::text"), ("shared.idempotent_answers", "convert_from(body, 'UTF8')"),
        })
        {
            Assert.Equal((table, null), (table, await world.CustomersSqlAsync<string>($"SELECT {text} FROM {table} t WHERE {text} ~ $1 LIMIT 1", string.Join('|', erased))));
        }
    }
}
