using System.Net;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;
using Patron.Shared.Callers;

namespace Patron.IntegrationTests.Merges;

/// <summary>Merges and undos beside other requests: no identifier is lost, an address has one claim, an account one record.</summary>
public sealed class MergeRaceTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const int Concurrency = 50;

    [Fact]
    public async Task Of_fifty_crosswise_merges_one_wins_and_the_others_hear_what_happened()
    {
        var staff = await app.SomeStaffAsync();
        var (one, other) = (await app.CreateCustomerAsync(staff), await app.CreateCustomerAsync(staff));

        var answers = await AccountCalls.ConcurrentlyAsync(Concurrency, number => number % 2 == 0
            ? app.TryMergeAsync(staff, one.Id(), other.Id())
            : app.TryMergeAsync(staff, other.Id(), one.Id()));

        Assert.Equal((1, Concurrency - 1), (answers.Count(HttpStatusCode.OK), answers.Count(HttpStatusCode.Conflict)));
        var survivor = (await app.ReadCustomerAsync(staff, one.Id())).Id();
        Assert.Equal(survivor, (await app.ReadCustomerAsync(staff, other.Id())).Id());
        await app.CheckMergesAsync();
    }

    [Fact]
    public async Task Of_fifty_undos_one_is_done()
    {
        var staff = await app.SomeStaffAsync();
        var (kept, other) = (await app.CreateCustomerAsync(staff), await app.CreateCustomerAsync(staff));
        var merge = await app.MergeAsync(staff, kept.Id(), other.Id());

        var answers = await AccountCalls.ConcurrentlyAsync(Concurrency, _ => app.TryUndoAsync(staff, merge));

        Assert.Equal((1, Concurrency - 1), (answers.Count(HttpStatusCode.OK), answers.Count(HttpStatusCode.Conflict)));
        await app.CheckMergesAsync();
    }

    [Fact]
    public async Task Edits_erasures_sign_ins_and_merges_at_once_lose_nothing()
    {
        var vendor = await app.StaffAsync(OrganizationRole.Vendor);
        var (person, own) = await app.SignUpAsync();
        await LinkingIntents.ProveAsync(app, person);
        var ids = (await Task.WhenAll(Enumerable.Range(0, 9).Select(async _ => (await app.CreateCustomerAsync(vendor)).Id()))).Append(own.CustomerId).ToArray();

        var answers = await AccountCalls.ConcurrentlyAsync(Concurrency, async number =>
        {
            var (one, other) = (ids[number % 10], ids[(number * 7 + 3) % 10]);
            switch (number % 5)
            {
                case 0:
                    return await app.PutCustomerAsync(vendor, one, new { website = $"{number}.example" });
                case 1:
                    return await app.TrySignInAsync(person.Email);
                case 2:
                    return await app.UpdateProfileAsync(person, new { first_name = $"Name{number}" });
                case 3:
                    return await app.AddAddressAsync(vendor, one, new { type = "other", city = $"City {number}" });
                default:
                    var merged = await app.TryMergeAsync(vendor, one, other);
                    return merged.StatusCode == HttpStatusCode.OK
                        ? await app.TryUndoAsync(vendor, (await merged.ShouldBeAsync(HttpStatusCode.OK)).GetProperty("merges")[0].GetInt64())
                        : merged;
            }
        });

        Assert.All(answers, answer => Assert.True((int)answer.StatusCode is 200 or 201 or 409 or 422 or 503, $"{answer.StatusCode}"));
        foreach (var id in ids)
        {
            await app.ReadCustomerAsync(vendor, id);
        }

        var name = await app.AccountsSqlAsync<string>("SELECT first_name FROM accounts.users WHERE id = $1", person.Id);
        Assert.Equal(name, await app.CustomersSqlAsync<string>("SELECT first_name FROM customers.customers WHERE user_id = $1", person.Id));
        Assert.Equal(10, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.addresses WHERE city LIKE 'City %'"));
        await app.CheckMergesAsync();

        // Erasures at the same time as undos: either the records are two again and one is erased, or both are.
        var (kept, absorbed) = ((await app.CreateCustomerAsync(vendor)).Id(), (await app.CreateCustomerAsync(vendor)).Id());
        var merge = await app.MergeAsync(vendor, kept, absorbed);
        var (erasing, undoing) = (
            app.Customers.SendAsync(HttpMethod.Delete, $"{CustomerIntents.Api}{kept}/hard", vendor), app.TryUndoAsync(vendor, merge));
        await (await erasing).ShouldBeAsync(HttpStatusCode.OK);
        var isUndone = (await undoing).StatusCode == HttpStatusCode.OK;
        await (await app.GetCustomerAsync(vendor, kept)).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.GetCustomerAsync(vendor, absorbed)).ShouldBeAsync(isUndone ? HttpStatusCode.OK : HttpStatusCode.NotFound);
        await app.CheckMergesAsync();
    }

    [Fact]
    public async Task Erasures_beside_undos_and_merges_leave_nothing_of_the_erased_and_lose_nobody_else()
    {
        var vendor = await app.StaffAsync(OrganizationRole.Vendor);
        var families = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            var family = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => CreateWithSecretAsync(vendor)));
            return (Family: family, Merge: await app.MergeAsync(vendor, family[0].Id, family[1].Id));
        }));

        var answers = await AccountCalls.ConcurrentlyAsync(Concurrency, number =>
        {
            var (family, merge) = families[number % 10];
            return (number / 10) switch
            {
                0 => app.Customers.SendAsync(HttpMethod.Delete, $"{CustomerIntents.Api}{family[number % 2].Id}/hard", vendor),
                1 => app.TryUndoAsync(vendor, merge),
                2 => app.TryMergeAsync(vendor, family[2].Id, family[0].Id),
                3 => app.TryMergeAsync(vendor, family[0].Id, family[2].Id),
                _ => app.PutCustomerAsync(vendor, family[1].Id, new { tags = "edited" }),
            };
        });

        Assert.All(answers, answer => Assert.True((int)answer.StatusCode is 200 or 404 or 409 or 503, $"{answer.StatusCode}"));
        await app.CheckMergesAsync();
        foreach (var (id, secret) in families.SelectMany(family => family.Family))
        {
            var isErased = (await app.GetCustomerAsync(vendor, id)).StatusCode == HttpStatusCode.NotFound;
            var traces = await app.CustomersSqlAsync<long>(
                """
                SELECT (SELECT count(*) FROM customers.customers c WHERE c.notes LIKE $1) + (SELECT count(*) FROM customers.merges m WHERE to_jsonb(m)::text LIKE $1)
                    + (SELECT count(*) FROM shared.audit_entries e WHERE concat(e.before, e.after) LIKE $1)
                """, $"%{secret}%");
            Assert.True(isErased == (traces == 0), $"{id} is {(isErased ? "erased" : "kept")}, with {traces} traces");
        }
    }

    private async Task<(string Id, string Secret)> CreateWithSecretAsync(Person vendor)
    {
        var (body, secret) = (CustomerIntents.JohnDoe(), $"secret{Guid.NewGuid():n}");
        (body["notes"], body["tags"]) = (secret, secret);
        return ((await app.CreateCustomerAsync(vendor, body)).Id(), secret);
    }
}
