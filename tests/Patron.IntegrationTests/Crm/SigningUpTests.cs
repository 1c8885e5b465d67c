using System.Net;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;
using static Patron.IntegrationTests.Crm.CrmIntents;

namespace Patron.IntegrationTests.Crm;

/// <summary>Source 2, 'Signup Flow': one request creates a person with a business.</summary>
public sealed class SigningUpTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Sign_up_creates_user_organization_three_profiles_vendor_and_customer()
    {
        var (person, made) = await app.SignUpBusinessAsync();

        var (user, organization) = (made.Number(), made.GetProperty("organization").Number());
        Assert.Equal((person.Email, "John", "Doe", "John's Business"), (made.Text("email"), made.Text("first_name"), made.Text("last_name"), made.GetProperty("organization").Text("name")));
        var profiles = made.GetProperty("profiles").EnumerateArray().ToList();
        Assert.Equal(
            ["vendor True", "employee False", "customer False"],
            profiles.Select(profile => $"{profile.Text("profile_type")} {profile.GetProperty("is_primary").GetBoolean()}"));
        Assert.Equal(("John Doe", organization, user), (made.GetProperty("vendor").Text("name"), made.GetProperty("vendor").GetProperty("organization").GetInt64(), made.GetProperty("vendor").GetProperty("user").GetInt64()));
        var customer = made.GetProperty("customer");
        Assert.Equal(
            ("CUST-00001", "John Doe", "John", "Doe", person.Email, "individual", "active", "linked"),
            (customer.Text("code"), customer.Text("name"), customer.Text("first_name"), customer.Text("last_name"), customer.Text("email"), customer.Text("customer_type"), customer.Text("status"), customer.Text("link_status")));
        Assert.Equal(
            (organization, user, profiles[2].Number()),
            (customer.GetProperty("organization").GetInt64(), customer.GetProperty("user").GetInt64(), customer.GetProperty("user_profile").GetInt64()));
        // The lists contain the same records.
        Assert.Equal(profiles.Select(profile => profile.GetRawText()), (await app.RowsAsync(person, Profiles)).Select(row => row.GetRawText()));
        Assert.Equal(made.GetProperty("vendor").GetRawText(), Assert.Single(await app.RowsAsync(person, Vendors)).GetRawText());
        Assert.Equal(customer.GetRawText(), Assert.Single(await app.RowsAsync(person, CrmIntents.Customers)).GetRawText());
        Assert.Equal("unclaimed", await app.CustomersSqlAsync<string>("SELECT claim FROM customers.customers WHERE id = $1", customer.Number()));
    }

    [Fact]
    public async Task Signed_up_person_is_vendor_of_the_new_organization_and_not_a_member_of_home()
    {
        var (person, made) = await app.SignUpBusinessAsync();

        var me = await app.MeAsync(person);
        var organization = Assert.Single(me.GetProperty("organizations").EnumerateArray());
        Assert.Equal((made.GetProperty("organization").Number(), "vendor", false), (organization.Number(), organization.Text("role"), organization.GetProperty("is_home").GetBoolean()));
        Assert.Equal((person.Id, "employee", false), (me.GetProperty("user_id").GetGuid(), me.Text("user_role"), me.GetProperty("email_verified").GetBoolean()));
        await (await app.ReadAsync(person, CrmIntents.Customers, ("X-Organization", $"{app.Home()}"))).ShouldBeAsync(HttpStatusCode.NotFound);
        Assert.True(await app.Accounts.IsSignedInAsync(await app.RefreshedAsync(person)));
        Assert.Contains(person.Email, (await app.MailAsync(person.Email, "confirm your email")).To, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Signed_in_person_creates_another_organization_and_is_its_customer()
    {
        var (person, first) = await app.SignUpBusinessAsync();

        var second = await (await app.Accounts.SendAsync(HttpMethod.Post, Users, person, new { organization_name = "Second" })).ShouldBeAsync(HttpStatusCode.Created);

        Assert.Equal(first.Number(), second.Number());
        Assert.NotEqual(first.GetProperty("organization").Number(), second.GetProperty("organization").Number());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, second.GetProperty("tokens").ValueKind);
        Assert.Equal(2, (await app.RowsAsync(person, Organizations)).Count);
        Assert.Equal(2, (await app.RowsAsync(person, Vendors)).Count);
        // One profile per type, with the newest organization.
        Assert.Equal(
            first.GetProperty("profiles").EnumerateArray().Select(profile => profile.Number()), second.GetProperty("profiles").EnumerateArray().Select(profile => profile.Number()));
        Assert.All(await app.RowsAsync(person, Profiles), profile => Assert.Equal(second.GetProperty("organization").Number(), profile.GetProperty("organization").GetInt64()));
        // The person has two records, one per organization.
        Assert.Equal("CUST-00001", second.GetProperty("customer").Text("code"));
        Assert.NotEqual(first.GetProperty("customer").Number(), second.GetProperty("customer").Number());
        foreach (var made in new[] { first, second })
        {
            Assert.Single(await app.RowsAsync(person, $"{CrmIntents.Customers}?organization={made.GetProperty("organization").Number()}"));
        }
    }

    [Fact]
    public async Task Invalid_sign_up_reports_its_fields_and_creates_nothing()
    {
        var before = await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.organizations");
        await (await app.Accounts.SendAsync(HttpMethod.Post, Users, null, new { })).ShouldBeInvalidAsync("organization_name");
        await (await app.Accounts.SendAsync(HttpMethod.Post, Users, null, new { organization_name = "A" })).ShouldBeInvalidAsync("email", "first_name", "last_name", "password");
        await (await app.Accounts.SendAsync(HttpMethod.Post, Users, await app.SharedPersonAsync(), new { organization_name = " " })).ShouldBeInvalidAsync("organization_name");
        var (taken, _) = await app.SignUpBusinessAsync();
        await (await app.PostBusinessAsync(taken.Email.ToUpperInvariant())).ShouldBeAsync(HttpStatusCode.BadRequest);
        await (await app.PostBusinessAsync((await app.SharedPersonAsync()).Email)).ShouldBeAsync(HttpStatusCode.BadRequest);
        Assert.Equal(before + 1, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.organizations"));
    }

    [Fact]
    public async Task Proof_links_the_record_in_the_business_and_the_waiting_record_at_home()
    {
        var email = Intents.NewEmail("business");
        var staff = await app.SomeStaffAsync();
        var waiting = await app.CreateCustomerAsync(staff, CustomerIntents.JohnDoe(email));
        var (person, made) = await app.SignUpBusinessAsync(email, "Johanna");

        await LinkingIntents.ProveAsync(app, person);

        Assert.Equal("claimed", await app.CustomersSqlAsync<string>("SELECT claim FROM customers.customers WHERE id = $1", made.GetProperty("customer").Number()));
        var own = await app.ReadCustomerAsync(staff, waiting.Id());
        Assert.Equal((person.Id, "Johanna"), (own.GetProperty("user_id").GetGuid(), own.Text("first_name")));
        Assert.Equal(["customer", "vendor"], (await app.RowsAsync(person, Organizations)).Select(row => row.Text("role")).Order());
    }

    [Fact]
    public async Task With_private_registration_free_and_taken_addresses_get_the_same_answer()
    {
        await using var server = await app.StartAnotherAsync(("Accounts:PrivateRegistration", "true"));
        var (free, taken) = (Intents.NewEmail("private"), (await app.RegisterAsync()).Email);
        var answers = new List<string>();
        foreach (var email in new[] { free, taken })
        {
            var response = await server.SendAsync(
                HttpMethod.Post, Users, null, new { email, first_name = "John", last_name = "Doe", password = Intents.GoodPassword, organization_name = $"Of {email}" });
            answers.Add((await response.ShouldBeAsync(HttpStatusCode.Accepted)).GetRawText());
        }

        Assert.Equal(answers[0], answers[1]);
        Assert.NotEmpty((await app.MailAsync(free, "confirm your email")).Token);
        await app.MailAsync(taken, "you already have an account");
        Assert.Equal(1, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.organizations WHERE name = $1", $"Of {free}"));
        Assert.Equal(0, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.organizations WHERE name = $1", $"Of {taken}"));
    }
}
