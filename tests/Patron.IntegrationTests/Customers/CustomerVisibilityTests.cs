using System.Net;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Customers;

/// <summary>Permissions to see and change customers (contract, 'Who may do what').</summary>
public abstract class CustomerVisibilityTests(PatronApp app)
{
    [Fact]
    public async Task Anonymous_caller_gets_401()
    {
        foreach (var (method, path) in new[] { (HttpMethod.Get, ""), (HttpMethod.Post, ""), (HttpMethod.Get, "CUST_00000000"), (HttpMethod.Put, "CUST_00000000"), (HttpMethod.Delete, "CUST_00000000"), (HttpMethod.Post, "CUST_00000000/restore/") })
        {
            await (await app.Customers.SendAsync(method, Api + path, body: method == HttpMethod.Get ? null : JohnDoe())).ShouldBeAsync(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task Customer_is_refused_on_staff_endpoints()
    {
        var (customer, person) = await LinkedAsync();
        foreach (var (method, path) in new[] { (HttpMethod.Get, ""), (HttpMethod.Post, ""), (HttpMethod.Delete, customer), (HttpMethod.Post, customer + "/restore/") })
        {
            await (await app.Customers.SendAsync(method, Api + path, person, method == HttpMethod.Get ? null : JohnDoe())).ShouldBeAsync(HttpStatusCode.Forbidden);
        }
    }

    [Fact]
    public async Task Customer_sees_only_their_own_record()
    {
        var (customer, person) = await LinkedAsync();
        Assert.Equal(customer, (await app.ReadCustomerAsync(person, customer)).Id());
        var other = await app.CreateCustomerAsync(await app.SomeStaffAsync());
        foreach (var path in new[] { other.Id(), "username/" + other.Text("username"), "email/" + other.Text("email") })
        {
            await (await app.GetCustomerAsync(person, path)).ShouldBeAsync(HttpStatusCode.NotFound);
        }

        await (await app.PutCustomerAsync(person, other.Id(), new { city = "Boston" })).ShouldBeAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Deleted_record_is_visible_to_staff_only()
    {
        var (customer, person) = await LinkedAsync();
        var staff = await app.SomeStaffAsync();
        await (await app.Customers.SendAsync(HttpMethod.Delete, Api + customer, staff)).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.GetCustomerAsync(person, customer)).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.PutCustomerAsync(person, customer, new { city = "Boston" })).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.GetCustomerAsync(staff, customer)).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Customer_changes_the_fields_that_customers_may_write()
    {
        var (customer, person) = await LinkedAsync();
        var change = new
        {
            address_line1 = "1 Elm Street", city = "Boston", emergency_contact_name = "Jane Doe", emergency_contact_phone = "+1 555 0199", company_name = "Doe Ltd",
            tax_id = "DE123", website = "https://doe.example", date_of_birth = "1991-02-03", gender = "other", preferred_contact_method = "mail", marketing_sms = true,
        };
        var after = await (await app.PutCustomerAsync(person, customer, change)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(("Boston", "1991-02-03T00:00:00"), (after.Text("city"), after.Text("date_of_birth")));
        Assert.Equal("customer", await app.CustomersSqlAsync<string>("SELECT source FROM customers.consents ORDER BY id DESC LIMIT 1"));
    }

    [Theory]
    [InlineData("notes", "mine")]
    [InlineData("tags", "vip")]
    [InlineData("status", "prospect")]
    [InlineData("customer_group", "Friends")]
    public async Task Customer_cannot_change_staff_fields(string field, string value)
    {
        var (customer, person) = await LinkedAsync();
        var refusal = await (await app.PutCustomerAsync(person, customer, new Dictionary<string, string> { [field] = value, ["city"] = "Boston" })).ShouldBeAsync(HttpStatusCode.Forbidden);
        Assert.Contains("Only staff", refusal.Text("detail"), StringComparison.Ordinal);
        Assert.NotEqual("Boston", (await app.ReadCustomerAsync(person, customer)).Text("city"));
    }

    [Fact]
    public async Task Staff_fields_are_null_for_the_customer()
    {
        var (customer, person) = await LinkedAsync();
        var own = await app.ReadCustomerAsync(person, customer);
        var written = await (await app.PutCustomerAsync(person, customer, new { city = "Boston" })).ShouldBeAsync(HttpStatusCode.OK);
        var byName = await app.ReadCustomerAsync(person, "username/" + own.Text("username"));
        foreach (var answer in new[] { own, written, byName })
        {
            Assert.Equal((null, null), (answer.Text("notes"), answer.Text("tags")));
            Assert.NotNull(answer.Text("customer_group"));
        }

        var seen = await app.ReadCustomerAsync(await app.SomeStaffAsync(), customer);
        Assert.Equal(("Premium customer", "premium,tech,new-york"), (seen.Text("notes"), seen.Text("tags")));
    }

    [Fact]
    public async Task Customer_who_sends_back_what_was_shown_changes_no_staff_fields()
    {
        var (customer, person) = await LinkedAsync();
        await (await app.PutCustomerAsync(person, customer, new { notes = (string?)null, tags = (string?)null, city = "Boston" }))
            .ShouldBeAsync(HttpStatusCode.OK);
        var seen = await app.ReadCustomerAsync(await app.SomeStaffAsync(), customer);
        Assert.Equal(("Boston", "Premium customer", "premium,tech,new-york"), (seen.Text("city"), seen.Text("notes"), seen.Text("tags")));
    }

    [Theory]
    [InlineData("email", "new@tests.example")]
    [InlineData("first_name", "Janet")]
    [InlineData("last_name", "Roe")]
    [InlineData("phone", "+1 555 0000")]
    public async Task Account_fields_cannot_be_changed_on_the_record(string field, string value)
    {
        var (customer, person) = await LinkedAsync();
        foreach (var who in new[] { person, await app.SomeStaffAsync() })
        {
            var refusal = await (await app.PutCustomerAsync(who, customer, new Dictionary<string, string> { [field] = value })).ShouldBeAsync(HttpStatusCode.BadRequest);
            Assert.Contains("/api/auth/profile/update/", refusal.Text("detail"), StringComparison.Ordinal);
        }

        var record = await app.ReadCustomerAsync(person, customer);
        await (await app.PutCustomerAsync(person, customer, new Dictionary<string, string?> { [field] = record.Text(field) })).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Staff_of_another_organization_get_404()
    {
        var id = (await app.CreateCustomerAsync(await app.SomeStaffAsync())).Id();
        var otherPerson = await app.RegisterAsync();
        var organization = await app.OrganizationAsync();
        await app.MakeMemberAsync(otherPerson.Email, OrganizationRole.Vendor, organization);
        otherPerson = await app.SignInAsync(otherPerson.Email);
        (string, string) acting = (ActingOrganization.Header, organization.ToString());
        foreach (var (method, path) in new[] { (HttpMethod.Get, id), (HttpMethod.Put, id), (HttpMethod.Delete, id), (HttpMethod.Post, id + "/restore/") })
        {
            var body = method == HttpMethod.Put ? new { city = "Boston" } : null;
            await (await app.Customers.SendAsync(method, Api + path, otherPerson, body, acting)).ShouldBeAsync(HttpStatusCode.NotFound);
        }

        // In the home organization they are a customer and not staff.
        await (await app.GetCustomerAsync(otherPerson, id)).ShouldBeAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Same_address_may_be_a_customer_of_two_organizations()
    {
        var staff = await app.StaffAsync();
        var organization = await app.OrganizationAsync();
        await app.MakeMemberAsync(staff.Email, OrganizationRole.Employee, organization);
        staff = await app.SignInAsync(staff.Email);
        var request = JohnDoe();
        var home = await app.CreateCustomerAsync(staff, request);
        var other = await (await app.PostCustomerAsync(staff, request, (ActingOrganization.Header, organization.ToString()))).ShouldBeAsync(HttpStatusCode.Created);
        Assert.Equal("CUST-00001", other.Text("code"));
        Assert.NotEqual(home.Text("username"), other.Text("username"));
    }

    private async Task<(string CustomerId, Person Person)> LinkedAsync()
    {
        var person = await app.RegisterAsync();
        var customer = await app.CreateCustomerAsync(await app.SomeStaffAsync(), JohnDoe(person.Email));
        await app.LinkAsync(customer, person);
        return (customer.Id(), person);
    }
}

public sealed class CustomerVisibilityInOneProcessTests(OneProcess app) : CustomerVisibilityTests(app), IClassFixture<OneProcess>
{
    private readonly OneProcess app = app;

    [Fact]
    public async Task API_key_is_limited_by_its_scopes()
    {
        var reader = ("X-Api-Key", await app.ApiKeyAsync(null, "customers:read"));
        var writer = ("X-Api-Key", await app.ApiKeyAsync(null, "customers:write"));
        var created = await (await app.Customers.SendAsync(HttpMethod.Post, Api, null, JohnDoe(), writer)).ShouldBeAsync(HttpStatusCode.Created);
        await (await app.Customers.SendAsync(HttpMethod.Get, Api + created.Id(), null, null, reader)).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.Customers.SendAsync(HttpMethod.Get, Api, null, null, reader)).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.Customers.SendAsync(HttpMethod.Get, Api + created.Id(), null, null, writer)).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.Customers.SendAsync(HttpMethod.Post, Api, null, JohnDoe(), reader)).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.Customers.SendAsync(HttpMethod.Put, Api + created.Id(), null, new { city = "Boston" }, reader)).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.Customers.SendAsync(HttpMethod.Delete, Api + created.Id(), null, null, reader)).ShouldBeAsync(HttpStatusCode.Forbidden);
        var eraser = ("X-Api-Key", await app.ApiKeyAsync(null, "customers:hard-delete"));
        await (await app.Customers.SendAsync(HttpMethod.Get, Api + created.Id(), null, null, eraser)).ShouldBeAsync(HttpStatusCode.Forbidden);
        var erased = await (await app.Customers.SendAsync(HttpMethod.Delete, $"{Api}{created.Id()}/hard", null, null, eraser)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(["id", "uid", "customer_id", "code", "detail"], erased.EnumerateObject().Select(member => member.Name));
        created = await (await app.Customers.SendAsync(HttpMethod.Post, Api, null, JohnDoe(), writer)).ShouldBeAsync(HttpStatusCode.Created);
        var others = ("X-Api-Key", await app.ApiKeyAsync(await app.OrganizationAsync()));
        await (await app.Customers.SendAsync(HttpMethod.Get, Api + created.Id(), null, null, others)).ShouldBeAsync(HttpStatusCode.NotFound);
    }
}

public sealed class CustomerVisibilityInTwoServicesTests(TwoServices app) : CustomerVisibilityTests(app), IClassFixture<TwoServices>;
