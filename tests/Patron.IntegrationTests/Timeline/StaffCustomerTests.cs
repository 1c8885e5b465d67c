using Microsoft.Extensions.DependencyInjection;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;
using Patron.Linking.Staff;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.IntegrationTests.Timeline;

/// <summary>What staff see of a customer beside the record, and the sessions that they can end.</summary>
public sealed class StaffCustomerTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Staff_of_home_see_the_account_and_end_its_sessions()
    {
        var (person, own) = await app.SignUpAsync();
        await app.SignInAsync(person.Email);
        var staff = CallerOf(await app.SomeStaffAsync(), app.Home(), OrganizationRole.Employee);

        var read = (await ReadAsync(staff, own.CustomerId)).Value;
        Assert.Equal((person.Email, null, true), (read.Account!.State.Email, read.Account.State.EmailConfirmedAt, read.Account.State.HasPassword));
        Assert.Equal(2, read.Account.Sessions.Count);
        Assert.NotNull(read.Customer.LinkEvidence);

        Assert.Equal(1, (await EndAsync(staff, own.CustomerId, read.Account.Sessions[0].Id)).Value);
        Assert.Equal("session_not_found", (await EndAsync(staff, own.CustomerId, read.Account.Sessions[0].Id)).Error?.Code);
        Assert.Equal(1, (await EndAsync(staff, own.CustomerId, null)).Value);
        Assert.Equal(0, (await EndAsync(staff, own.CustomerId, null)).Value);
        Assert.Empty((await ReadAsync(staff, own.CustomerId)).Value.Account!.Sessions);
    }

    [Fact]
    public async Task Staff_of_other_organizations_see_no_account_and_end_no_session()
    {
        var vendor = await app.StaffOfNewOrganizationAsync();
        var customer = await app.CreateCustomerAsync(vendor);
        await app.LinkAsync(customer, await app.RegisterAsync());
        var organization = await app.AccountsSqlAsync<Guid>("SELECT organization_id FROM accounts.memberships WHERE user_id = $1", vendor.Id);
        var caller = CallerOf(vendor, organization, OrganizationRole.Vendor);
        Assert.Null((await ReadAsync(caller, customer.Id())).Value.Account);
        Assert.Equal("staff_required", (await EndAsync(caller, customer.Id(), null)).Error?.Code);

        var waiting = await app.CreateCustomerAsync(await app.SomeStaffAsync());
        Assert.Equal("customer_not_found", (await ReadAsync(caller, waiting.Id())).Error?.Code);
        var staff = CallerOf(await app.SomeStaffAsync(), app.Home(), OrganizationRole.Employee);
        Assert.Equal("no_account", (await EndAsync(staff, waiting.Id(), null)).Error?.Code);
        var nobody = staff with { Memberships = [] };
        Assert.Equal("staff_required", (await ReadAsync(nobody, waiting.Id())).Error?.Code);
    }

    private static Caller CallerOf(Person person, Guid organization, OrganizationRole role) => new()
    {
        UserId = person.Id, OrganizationId = organization, Memberships = [new Membership(organization, 1, role)], Origin = RequestOrigin.Local,
    };

    private async Task<Result<StaffCustomer>> ReadAsync(Caller caller, string customer)
    {
        await using var scope = app.Accounts.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ReadStaffCustomer>().HandleAsync(caller, customer, CancellationToken.None);
    }

    private async Task<Result<int>> EndAsync(Caller caller, string customer, Guid? session)
    {
        await using var scope = app.Accounts.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<EndCustomerSessions>().HandleAsync(caller, customer, session, CancellationToken.None);
    }
}
