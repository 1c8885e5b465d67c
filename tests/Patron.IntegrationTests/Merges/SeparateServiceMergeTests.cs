using System.Net;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Merges;

/// <summary>Merges in a separate customers service, which cannot close an account.</summary>
public sealed class SeparateServiceMergeTests(TwoServices app) : IClassFixture<TwoServices>
{
    [Fact]
    public async Task Merge_of_two_accounts_is_refused_and_changes_nothing()
    {
        var (staff, admin) = (await app.SomeStaffAsync(), await app.AdminAsync());
        var (one, other) = (await app.CreateCustomerAsync(staff), await app.CreateCustomerAsync(staff));
        var (person, second) = (await app.RegisterAsync(), await app.RegisterAsync());
        await app.LinkAsync(one, person);
        await app.LinkAsync(other, second);
        var before = await AllAsync();

        foreach (var isDryRun in new[] { true, false })
        {
            await (await app.TryMergeAsync(admin, one.Id(), new { others = new[] { other.Id() }, reason = "One person", dry_run = isDryRun })).ShouldRefuseAsync("others");
        }

        Assert.Equal(before, await AllAsync());
        Assert.True(await app.Accounts.IsSignedInAsync(person));
        Assert.True(await app.Accounts.IsSignedInAsync(second));

        // One account is no obstacle, also for the undo.
        var third = await app.CreateCustomerAsync(staff);
        var merge = await app.MergeAsync(staff, third.Id(), other.Id());
        Assert.Equal(second.Id, await app.CustomersSqlAsync<Guid>("SELECT user_id FROM customers.customers WHERE customer_id = $1", third.Id()));
        await app.UndoAsync(staff, merge);
        Assert.Equal(second.Id, await app.CustomersSqlAsync<Guid>("SELECT user_id FROM customers.customers WHERE customer_id = $1", other.Id()));
    }

    private Task<string?> AllAsync() => app.CustomersSqlAsync<string>(
        """
        SELECT concat((SELECT jsonb_agg(to_jsonb(c) ORDER BY c.id) FROM customers.customers c), (SELECT count(*) FROM customers.absorbed),
            (SELECT count(*) FROM customers.merges), (SELECT count(*) FROM shared.audit_entries))
        """);
}
