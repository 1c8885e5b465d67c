using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;
using Patron.Shared.Callers;
using static Patron.IntegrationTests.Crm.CrmIntents;

namespace Patron.IntegrationTests.Crm;

/// <summary>Which callers link an account directly, and which are refused (linking.md, 'Offer'; contract, 'Who may do what').</summary>
public sealed class DirectLinkTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Member_links_themselves_with_the_values_of_their_account()
    {
        var person = await app.RegisterAsync(firstName: "Selfmade");
        var made = await (await app.PostCrmAsync(person, new { user_id = await app.UserNumberAsync(person), email = "other@tests.example", first_name = "Typed", city = "Oslo" })).ShouldBeAsync(HttpStatusCode.Created);
        Assert.Equal(
            ("linked", "Selfmade", person.Email, "Oslo"),
            (made.Text("link_status"), made.Text("first_name"), made.Text("email"), made.Text("city")));
        Assert.Equal(made.GetProperty("user_profile").GetInt64(), Assert.Single(await app.RowsAsync(person, Profiles)).Number());
        Assert.Equal("accepted", await app.CustomersSqlAsync<string>("SELECT link_evidence FROM customers.customers WHERE id = $1", made.Number()));
        var again = await (await app.PostCrmAsync(person, new { user_id = person.Id })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(made.GetRawText(), again.GetRawText());
    }

    [Theory]
    [InlineData("blocked")]
    [InlineData("inactive")]
    [InlineData("prospect")]
    public async Task Member_cannot_set_their_own_status(string status)
    {
        var person = await app.RegisterAsync();
        await (await app.PostCrmAsync(person, new { user_id = person.Id, status })).ShouldBeAsync(HttpStatusCode.Forbidden);
        Assert.Equal(0, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers WHERE user_id = $1", person.Id));
    }

    [Fact]
    public async Task Administrator_links_a_proven_account_in_any_organization()
    {
        var person = await app.RegisterProvenAsync();
        var (_, business) = await app.SignUpBusinessAsync();
        var organization = business.GetProperty("organization").Number();
        var linked = await (await app.PostCrmAsync(await app.SharedAdminAsync(), new { organization, user_id = person.Id, name = "Ignored" })).ShouldBeAsync(HttpStatusCode.Created);
        Assert.Equal(("linked", person.Email, organization), (linked.Text("link_status"), linked.Text("email"), linked.GetProperty("organization").GetInt64()));
        // The same request makes them a customer of the organization.
        Assert.Contains(await app.RowsAsync(person, Organizations), row => row.Number() == organization && row.Text("role") == "customer");
        Assert.Equal(linked.GetRawText(), (await app.ReadCrmAsync(person, linked)).GetRawText());
    }

    [Fact]
    public async Task Home_staff_and_keys_link_a_proven_member_of_home_and_their_waiting_record()
    {
        var (staff, person, waitedFor) = (await app.SomeStaffAsync(), await app.RegisterProvenAsync(), await app.RegisterAsync());
        var linked = await (await app.PostCrmAsync(staff, new { user_id = person.Id })).ShouldBeAsync(HttpStatusCode.Created);
        Assert.Equal(("linked", "Jane Doe"), (linked.Text("link_status"), linked.Text("name")));
        Assert.Equal("staff", await app.CustomersSqlAsync<string>("SELECT link_evidence FROM customers.customers WHERE id = $1", linked.Number()));

        var waiting = await app.CreateCustomerAsync(staff, CustomerIntents.JohnDoe(waitedFor.Email));
        await LinkingIntents.ProveAsync(app, waitedFor);
        var key = await app.ApiKeyAsync();
        var found = await (await app.PostCrmAsync(null, new { user_id = waitedFor.Id }, ("X-Api-Key", key))).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(waiting.GetProperty("uid").GetGuid(), found.GetProperty("uid").GetGuid());
    }

    [Fact]
    public async Task Account_with_an_unproven_address_gets_an_offer_from_every_caller()
    {
        foreach (var by in new[] { await app.ProvenStaffAsync(), await app.SharedAdminAsync() })
        {
            var person = await app.RegisterAsync();
            var offered = await (await app.PostCrmAsync(by, new { user_id = person.Id, name = "Typed" })).ShouldBeAsync(HttpStatusCode.Created);
            Assert.Equal(("offered", "Typed", null), (offered.Text("link_status"), offered.Text("name"), offered.Text("email")));
            Assert.Single(await app.OffersAsync(person));
        }
    }

    [Fact]
    public async Task Member_of_another_organization_gets_an_offer_from_home_staff()
    {
        var (person, _) = await app.SignUpBusinessAsync();
        await LinkingIntents.ProveAsync(app, person);
        var offered = await (await app.PostCrmAsync(await app.ProvenStaffAsync(), new { user_id = person.Id, name = "Typed" })).ShouldBeAsync(HttpStatusCode.Created);
        Assert.Equal("offered", offered.Text("link_status"));
    }

    [Fact]
    public async Task Address_and_number_of_different_accounts_are_refused()
    {
        var (one, other) = (await app.RegisterProvenAsync(), await app.RegisterAsync());
        await (await app.PostCrmAsync(await app.SomeStaffAsync(), new { user_id = other.Id, name = "Typed", email = one.Email })).ShouldBeAsync(HttpStatusCode.BadRequest);
        Assert.Empty(await app.RecordsAsync(one.Email));
        Assert.Empty(await app.OffersAsync(other));
    }

    [Fact]
    public async Task Staff_of_another_organization_cannot_read_or_change_a_record()
    {
        var (owner, business) = await app.SignUpBusinessAsync();
        var (stranger, _) = await app.SignUpBusinessAsync();
        var record = business.GetProperty("customer");
        var organization = business.GetProperty("organization").Number();
        var path = $"{CrmIntents.Customers}{record.Number()}/";
        var key = ("X-Api-Key", await app.ApiKeyAsync());
        foreach (var (who, headers) in new (Person?, (string, string)[])[] { (stranger, []), (await app.SomeStaffAsync(), []), (await app.SharedPersonAsync(), []), (null, [key]) })
        {
            await (await app.ReadAsync(who, path, headers)).ShouldBeAsync(HttpStatusCode.NotFound);
            await (await app.ReadAsync(who, $"{CrmIntents.Customers}{record.Text("uid")}/", headers)).ShouldBeAsync(HttpStatusCode.NotFound);
            await (await app.ChangeAsync(who, path, new { city = "Oslo" }, headers)).ShouldBeAsync(HttpStatusCode.NotFound);
            await (await app.Accounts.SendAsync(HttpMethod.Delete, path, who, null, headers)).ShouldBeAsync(HttpStatusCode.NotFound);
            await (await app.ReadAsync(who, $"{CrmIntents.Customers}?organization={organization}", headers)).ShouldBeAsync(HttpStatusCode.NotFound);
            await (await app.PostCrmAsync(who, new { organization, name = "X" }, headers)).ShouldBeAsync(HttpStatusCode.NotFound);
            await (await app.PostCrmAsync(who, new { organization, user_id = owner.Id }, headers)).ShouldBeAsync(HttpStatusCode.NotFound);
        }

        Assert.Equal(record.GetRawText(), (await app.ReadCrmAsync(owner, record)).GetRawText());
    }

    [Fact]
    public async Task Customer_gets_403_on_staff_calls_whether_or_not_the_account_exists()
    {
        var (person, other) = (await app.SharedPersonAsync(), await app.RegisterAsync());
        await (await app.ReadAsync(person, CrmIntents.Customers)).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.PostCrmAsync(person, new { name = "X" })).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.PostCrmAsync(person, new { user_id = other.Id, name = "X" })).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.PostCrmAsync(person, new { user_id = 999_999_999, name = "X" })).ShouldBeAsync(HttpStatusCode.Forbidden);
        var own = await (await app.PostCrmAsync(other, new { user_id = other.Id })).ShouldBeAsync(HttpStatusCode.Created);
        await (await app.Accounts.SendAsync(HttpMethod.Delete, $"{CrmIntents.Customers}{own.Number()}/", other)).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.ChangeAsync(other, $"{CrmIntents.Customers}{own.Number()}/", new { customer_type = "company" })).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.ChangeAsync(other, $"{CrmIntents.Customers}{own.Number()}/", new { city = "Oslo" })).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.ReadAsync(null, CrmIntents.Customers)).ShouldBeAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Key_is_limited_to_its_scopes()
    {
        var person = await app.RegisterProvenAsync();
        var record = await (await app.PostCrmAsync(await app.SomeStaffAsync(), new { name = "For keys" })).ShouldBeAsync(HttpStatusCode.Created);
        var path = $"{CrmIntents.Customers}{record.Number()}/";
        var reading = ("X-Api-Key", await app.ApiKeyAsync(null, Scopes.ReadCustomers));
        var writing = ("X-Api-Key", await app.ApiKeyAsync(null, Scopes.WriteCustomers));
        var erasing = ("X-Api-Key", await app.ApiKeyAsync(null, Scopes.HardDeleteCustomers));

        foreach (var key in new[] { reading, erasing })
        {
            foreach (var body in new object[] { new { name = "X" }, new { user_id = person.Id }, new { user_id = (await app.SharedPersonAsync()).Id, name = "X" } })
            {
                await (await app.PostCrmAsync(null, body, key)).ShouldBeAsync(HttpStatusCode.Forbidden);
            }

            await (await app.ChangeAsync(null, path, new { city = "Oslo" }, key)).ShouldBeAsync(HttpStatusCode.Forbidden);
            await (await app.Accounts.SendAsync(HttpMethod.Delete, path, null, null, key)).ShouldBeAsync(HttpStatusCode.Forbidden);
        }

        Assert.Equal(0, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers WHERE user_id = $1", person.Id));
        await (await app.ReadAsync(null, path, reading)).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.ReadAsync(null, CrmIntents.Customers, reading)).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.ReadAsync(null, path, writing)).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.ReadAsync(null, CrmIntents.Customers, writing)).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.ChangeAsync(null, path, new { city = "Oslo" }, writing)).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.PostCrmAsync(null, new { user_id = person.Id }, writing)).ShouldBeAsync(HttpStatusCode.Created);
        await (await app.ReadAsync(null, $"{Users}me/", reading)).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.AnswerOfferAsync(null, record, "accept")).ShouldBeAsync(HttpStatusCode.Unauthorized);
    }
}
