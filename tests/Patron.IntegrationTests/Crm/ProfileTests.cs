using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Patron.Accounts.Organizations;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using static Patron.IntegrationTests.Crm.CrmIntents;
using static Patron.IntegrationTests.Hosting.Intents;

namespace Patron.IntegrationTests.Crm;

/// <summary>Profiles of a person (source 2): one per type, one of them primary. They grant no permissions.</summary>
public sealed class ProfileTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Customer_profile_is_created_once_and_shows_the_latest_organization()
    {
        var person = await app.RegisterAsync();
        var (first, second) = (await app.OrganizationAsync(), await app.OrganizationAsync());
        var ids = await Task.WhenAll(Enumerable.Range(0, 50).Select(number => EnsureAsync(person, number % 2 == 0 ? first : second)));
        Assert.Single(ids.Distinct());
        Assert.Equal(ids[0], await EnsureAsync(person, second));
        Assert.Equal(second, await app.AccountsSqlAsync<Guid>("SELECT organization_id FROM accounts.profiles WHERE id = $1", ids[0]));

        await using var scope = app.Accounts.Services.CreateAsyncScope();
        var found = await scope.ServiceProvider.GetRequiredService<CustomerProfiles>().FindAsync([person.Id, (await app.SharedPersonAsync()).Id, Guid.NewGuid()], CancellationToken.None);
        Assert.Equal(new Dictionary<Guid, long> { [person.Id] = ids[0] }, found);
    }

    [Fact]
    public async Task Joining_person_becomes_a_customer_unless_they_have_a_higher_role()
    {
        var (owner, organization) = await app.OwnerAsync();
        var person = await app.RegisterAsync();
        await (await app.ReadAsync(person, $"{Organizations}{organization}/")).ShouldBeAsync(HttpStatusCode.NotFound);
        await Task.WhenAll(JoinAsync(person, organization), JoinAsync(person, organization), JoinAsync(owner, organization));
        Assert.Equal("customer", (await (await app.ReadAsync(person, $"{Organizations}{organization}/")).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("role").GetString());
        Assert.Equal("vendor", (await (await app.ReadAsync(owner, $"{Organizations}{organization}/")).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("role").GetString());
    }

    [Fact]
    public async Task People_manage_their_own_profiles_and_administrators_all()
    {
        var (person, vendor, customer) = await TwoProfilesAsync();
        var stranger = await app.SharedPersonAsync();
        Assert.Empty(await app.RowsAsync(stranger, Profiles));
        await (await app.ReadAsync(stranger, customer)).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.ChangeAsync(stranger, customer, new { is_primary = true })).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.ReadAsync(null, Profiles)).ShouldBeAsync(HttpStatusCode.Unauthorized);
        await (await app.ChangeAsync(null, customer, new { is_primary = true })).ShouldBeAsync(HttpStatusCode.Unauthorized);

        var admin = await app.SharedAdminAsync();
        await (await app.ChangeAsync(admin, customer, new { is_primary = true })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal([false, true], (await app.RowsAsync(person, Profiles)).Select(profile => profile.GetProperty("is_primary").GetBoolean()));
        await (await app.ChangeAsync(person, vendor, new { is_primary = true })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal([true, false], (await app.RowsAsync(person, Profiles)).Select(profile => profile.GetProperty("is_primary").GetBoolean()));
        Assert.Contains(await app.RowsAsync(admin, $"{Profiles}?page_size=1000"), profile => vendor == $"{Profiles}{profile.Number()}/");
        Assert.Equal(2, await app.CountAuditEntriesAsync(person.Id, "profile.changed"));
        var one = await (await app.ReadAsync(person, vendor)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(["id", "profile_type", "is_primary", "organization", "user", "created_at", "updated_at"], one.Fields());
    }

    [Fact]
    public async Task Primary_profile_stays_primary_until_another_is_made_primary()
    {
        var (person, vendor, customer) = await TwoProfilesAsync();
        await (await app.ChangeAsync(person, vendor, new { is_primary = false })).ShouldBeAsync(HttpStatusCode.BadRequest);
        var same = await (await app.ChangeAsync(person, vendor, new { is_primary = true })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(same.GetRawText(), (await (await app.ChangeAsync(person, vendor, new { })).ShouldBeAsync(HttpStatusCode.OK)).GetRawText());
        await (await app.ChangeAsync(person, customer, new { is_primary = false, organization = (long?)null })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(0, await app.CountAuditEntriesAsync(person.Id, "profile.changed"));
    }

    [Fact]
    public async Task Profile_accepts_only_an_organization_of_its_person()
    {
        var (person, vendor, _) = await TwoProfilesAsync();
        var foreign = await app.CreateOrganizationAsync(await app.RegisterAsync(), "Foreign");
        await (await app.ChangeAsync(person, vendor, new { organization = foreign.Number() })).ShouldBeInvalidAsync("organization");
        await (await app.ChangeAsync(await app.SharedAdminAsync(), vendor, new { organization = foreign.Number() })).ShouldBeInvalidAsync("organization");
        await (await app.ChangeAsync(person, vendor, new { organization = 99_999_999 })).ShouldBeInvalidAsync("organization");
        await (await app.ChangeAsync(person, vendor, new { organization = "x" })).ShouldBeInvalidAsync("organization");
        var home = (await (await app.ReadAsync(person, $"{Organizations}{app.Home()}/")).ShouldBeAsync(HttpStatusCode.OK)).Number();
        Assert.Equal(home, (await (await app.ChangeAsync(person, vendor, new { organization = home })).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("organization").GetInt64());
    }

    [Fact]
    public async Task Two_concurrent_primary_profiles_leave_one()
    {
        var (person, vendor, customer) = await TwoProfilesAsync();
        for (var round = 0; round < 5; round++)
        {
            var answers = await AccountCalls.ConcurrentlyAsync(10, number => app.ChangeAsync(person, number % 2 == 0 ? vendor : customer, new { is_primary = true }));
            Assert.Equal(10, answers.Count(HttpStatusCode.OK));
            Assert.Single(await app.RowsAsync(person, Profiles), profile => profile.GetProperty("is_primary").GetBoolean());
        }
    }

    [Fact]
    public async Task Profile_grants_no_permission()
    {
        var (_, organization) = await app.OwnerAsync();
        var person = await app.RegisterAsync();
        await EnsureAsync(person, organization);
        await app.AccountsSqlAsync<object>("UPDATE accounts.profiles SET profile_type = 'vendor', is_primary = true WHERE user_id = $1", person.Id);
        await (await app.ReadAsync(person, $"{Organizations}{organization}/")).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.MembersAsync(person, organization)).ShouldBeAsync(HttpStatusCode.NotFound);
    }

    // A person with a primary vendor profile and a customer profile, and the paths of both.
    private async Task<(Person Person, string Vendor, string Customer)> TwoProfilesAsync()
    {
        var person = await app.RegisterAsync(NewEmail("faces"));
        await app.CreateOrganizationAsync(person);
        await EnsureAsync(person, app.Home());
        var ids = (await app.RowsAsync(person, Profiles)).Select(profile => $"{Profiles}{profile.Number()}/").ToList();
        return (person, ids[0], ids[1]);
    }

    private async Task<long> EnsureAsync(Person person, Guid organization)
    {
        await using var scope = app.Accounts.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<CustomerProfiles>().EnsureAsync(person.Id, organization, CancellationToken.None);
    }

    private async Task JoinAsync(Person person, Guid organization)
    {
        await using var scope = app.Accounts.Services.CreateAsyncScope();
        var join = scope.ServiceProvider.GetRequiredService<JoinOrganization>();
        await using var transaction = await scope.ServiceProvider.GetRequiredService<DatabaseSession>().BeginAsync(CancellationToken.None);
        await join.AddAsync(person.Id, organization, CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }
}
