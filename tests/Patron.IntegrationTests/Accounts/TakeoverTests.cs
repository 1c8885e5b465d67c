using System.Net;
using System.Text.Json;
using Npgsql;
using Patron.IntegrationTests.Crm;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;
using Patron.Shared.Callers;
using static Patron.IntegrationTests.Hosting.Intents;

namespace Patron.IntegrationTests.Accounts;

/// <summary>
/// What a takeover does to organizations: somebody registers another person's address and draws the account into organizations, before the
/// owner of the mailbox sets a password.
/// </summary>
public sealed class TakeoverTests(OneProcess app) : IClassFixture<OneProcess>
{
    private static readonly string[] KeyScopes = ["customers:read"];

    [Fact]
    public async Task A_takeover_leaves_a_customer_of_home_without_other_memberships_and_profiles()
    {
        var (attacker, organization) = await app.UnprovenOwnerAsync();
        Assert.Equal(2, (await app.RowsAsync(attacker, CrmIntents.Organizations)).Count);
        Assert.Single(await app.RowsAsync(attacker, CrmIntents.Profiles));

        var victim = await app.TakeOverAsync(attacker.Email);

        var home = Assert.Single(await app.RowsAsync(victim, CrmIntents.Organizations));
        Assert.Equal((true, "customer"), (home.GetProperty("is_home").GetBoolean(), home.GetProperty("role").GetString()));
        Assert.Empty(await app.RowsAsync(victim, CrmIntents.Profiles));
        await (await app.MembersAsync(victim, organization)).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.PostOrganizationAsync(victim, "A new start")).ShouldBeAsync(HttpStatusCode.Created);
        Assert.Single(await app.RowsAsync(victim, CrmIntents.Profiles));
    }

    [Fact]
    public async Task An_organization_that_only_the_taken_over_account_owned_is_closed_for_everybody_else()
    {
        var (attacker, organization) = await app.UnprovenOwnerAsync();
        var admin = await app.SharedAdminAsync();
        var employee = await app.RegisterAsync();
        await app.MakeMemberAsync(employee.Email, OrganizationRole.Employee, organization);
        var invited = await app.RegisterAsync();
        await (await app.InviteAsync(admin, organization, invited.Email, "vendor")).ShouldBeAsync(HttpStatusCode.Accepted);
        var invitation = (await app.MailAsync(invited.Email, "you're invited")).Token;
        var key = ("X-Api-Key", await app.ApiKeyAsync(organization));
        await (await app.PostAsync("token/key/", null, null, key)).ShouldBeAsync(HttpStatusCode.OK);

        await app.TakeOverAsync(attacker.Email);

        await (await app.MembersAsync(employee, organization)).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.ReadAsync(employee, $"{CrmIntents.Organizations}{organization}/")).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.GetAsync("profile/", employee, ("X-Organization", organization.ToString()))).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.PostAsync("token/key/", null, null, key)).ShouldFailAsync(HttpStatusCode.Unauthorized);
        await (await app.AcceptAsync(invited, invitation)).ShouldBeAsync(HttpStatusCode.BadRequest);
        Assert.Equal(1, await app.CountAuditEntriesAsync(organization, "organization.closed"));
    }

    [Fact]
    public async Task Administrators_see_a_closed_organization_and_cannot_let_anybody_in()
    {
        var (attacker, organization) = await app.UnprovenOwnerAsync();
        var admin = await app.SharedAdminAsync();
        var before = await (await app.ReadAsync(admin, $"{CrmIntents.Organizations}{organization}/")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(JsonValueKind.Null, before.GetProperty("closed_at").ValueKind);

        await app.TakeOverAsync(attacker.Email);

        var closed = await (await app.ReadAsync(admin, $"{CrmIntents.Organizations}{organization}/")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(JsonValueKind.String, closed.GetProperty("closed_at").ValueKind);
        Assert.Equal(before.Number(), closed.Number());
        var members = await (await app.MembersAsync(admin, organization)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal((0, 0), (members.GetProperty("count").GetInt32(), members.GetProperty("invited").GetArrayLength()));
        Assert.Single(await app.RowsAsync(admin, $"{CrmIntents.Vendors}?page_size=1000"), vendor => vendor.GetProperty("organization").GetInt64() == closed.Number());
        foreach (var refused in new[]
        {
            await app.InviteAsync(admin, organization, NewEmail(), "vendor"),
            await app.CreateKeyAsync(admin, organization, new { name = "late", scopes = KeyScopes }),
        })
        {
            Assert.Contains("closed", (await refused.ShouldBeAsync(HttpStatusCode.BadRequest)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_organization_with_another_owner_goes_on_without_the_taken_over_account()
    {
        var (attacker, organization) = await app.UnprovenOwnerAsync();
        var other = await app.OwnerOfAsync(organization);

        await app.TakeOverAsync(attacker.Email);

        var found = await (await app.ReadAsync(other, $"{CrmIntents.Organizations}{organization}/")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(JsonValueKind.Null, found.GetProperty("closed_at").ValueKind);
        Assert.Single(await app.RowsAsync(other, CrmIntents.Vendors));
        var members = await (await app.MembersAsync(other, organization)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(other.Id, Assert.Single(members.GetProperty("results").EnumerateArray()).GetProperty("user").GetGuid());
    }

    [Fact]
    public async Task A_takeover_of_staff_of_home_leaves_a_customer()
    {
        var attacker = await app.StaffAsync(OrganizationRole.Vendor);
        var victim = await app.TakeOverAsync(attacker.Email);
        Assert.Equal("customer", AccountCalls.ClaimsOf(victim.Access).GetProperty("user_role").GetString());
        await (await app.MembersAsync(victim, app.Home())).ShouldBeAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_person_who_joins_while_the_organization_is_closed_is_no_member_afterwards()
    {
        for (var round = 0; round < 5; round++)
        {
            var (attacker, organization) = await app.UnprovenOwnerAsync();
            var invited = await app.RegisterAsync();
            await (await app.InviteAsync(await app.SharedAdminAsync(), organization, invited.Email, "vendor")).ShouldBeAsync(HttpStatusCode.Accepted);
            var invitation = (await app.MailAsync(invited.Email, "you're invited")).Token;
            var reset = await app.ResetTokenAsync(attacker.Email);

            var answers = await Task.WhenAll(
                app.ResetAsync(reset), app.AcceptAsync(invited, invitation),
                app.InviteAsync(await app.SharedAdminAsync(), organization, NewEmail(), "vendor"));

            Assert.Equal(HttpStatusCode.NoContent, answers[0].StatusCode);
            var isClosed = await app.AccountsSqlAsync<bool>("SELECT closed_at IS NOT NULL FROM accounts.organizations WHERE id = $1", organization);
            // Who joined as an owner in time keeps the organization open.
            Assert.Equal(isClosed ? HttpStatusCode.BadRequest : HttpStatusCode.OK, answers[1].StatusCode);
            Assert.Equal(isClosed ? 0 : 1, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.memberships WHERE organization_id = $1", organization));
        }
    }

    [Theory]
    [InlineData("INSERT INTO accounts.memberships (organization_id, user_id, role, since) SELECT $1, id, 'customer', now() FROM accounts.users LIMIT 1", "ck_organization_is_open")]
    [InlineData("UPDATE accounts.organizations SET closed_at = now() WHERE is_home AND $1::uuid IS NOT NULL", "ck_organization_access")]
    [InlineData("INSERT INTO accounts.organizations (id, name, is_home, created_at, closed_at) VALUES ($1, 'Home', true, now(), now())", "ck_organizations_home_is_open")]
    public async Task The_database_keeps_closed_organizations_empty_and_home_open(string sql, string constraint)
    {
        var (attacker, organization) = await app.UnprovenOwnerAsync();
        await app.TakeOverAsync(attacker.Email);
        var violation = await Assert.ThrowsAsync<PostgresException>(() => app.AccountsSqlAsync<object>(sql, organization));
        Assert.Equal(constraint, violation.ConstraintName);
    }

    [Fact]
    public async Task Records_of_a_closed_organization_are_offered_to_nobody()
    {
        var (attacker, made) = await app.SignUpBusinessAsync();
        var organization = await app.AccountsSqlAsync<Guid>("SELECT id FROM accounts.organizations WHERE number = $1", made.GetProperty("organization").GetProperty("id").GetInt64());
        var person = await app.RegisterProvenAsync();
        var admin = await app.SharedAdminAsync();
        var acting = ("X-Organization", organization.ToString());
        var offered = await (await app.PostCrmAsync(attacker, new { name = "Bait", email = person.Email }, acting)).ShouldBeAsync(HttpStatusCode.Created);
        var later = NewEmail("later");
        await (await app.PostCrmAsync(attacker, new { name = "Next bait", email = later }, acting)).ShouldBeAsync(HttpStatusCode.Created);
        var before = await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers WHERE organization_id = $1", organization);

        var victim = await app.TakeOverAsync(attacker.Email);

        Assert.Empty(await app.OffersAsync(victim));
        Assert.Empty(await app.OffersAsync(person));
        await (await app.AnswerOfferAsync(person, offered, "accept")).ShouldBeAsync(HttpStatusCode.NotFound);
        var newcomer = await app.RegisterAsync(later);
        await AccountCalls.ProveAsync(app, newcomer);
        Assert.Empty(await app.OffersAsync(newcomer));
        Assert.Equal(before, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers WHERE organization_id = $1", organization));
        Assert.Equal("Bait", (await app.ReadCrmAsync(admin, offered)).GetProperty("name").GetString());
        await (await app.PostCrmAsync(admin, new { user_id = person.Id, name = "Late" }, acting)).ShouldBeAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task After_a_takeover_the_person_is_the_customer_of_home_who_waited()
    {
        var (attacker, _) = await app.SignUpBusinessAsync();
        var waiting = await app.CreateCustomerAsync(await app.SomeStaffAsync(), CustomerIntents.JohnDoe(attacker.Email));

        var victim = await app.TakeOverAsync(attacker.Email);

        Assert.Equal(waiting.Id(), (await app.ReadCustomerAsync(victim, waiting.Id())).Id());
        Assert.True((await app.MeAsync(victim)).GetProperty("organizations")[0].GetProperty("is_home").GetBoolean());
    }
}

internal static class TakeoverIntents
{
    /// <summary>A person with an unproven address who owns a new organization with its vendor and profile.</summary>
    public static async Task<(Person Owner, Guid Organization)> UnprovenOwnerAsync(this PatronApp app)
    {
        var owner = await app.RegisterAsync(NewEmail("victim"));
        return (owner, (await app.CreateOrganizationAsync(owner)).GetProperty("uuid").GetGuid());
    }
}
