using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Customers;

/// <summary>Erasing a customer (source 5, 'Hard Delete').</summary>
public abstract class CustomerErasureTests(PatronApp app)
{
    private const int Concurrency = 20;

    [Fact]
    public async Task Erased_customer_is_gone_after_the_response()
    {
        var admin = await app.AdminAsync();
        var customer = await app.CreateCustomerAsync(admin);
        await app.PutCustomerAsync(admin, customer.Id(), new { marketing_sms = true, city = "Boston" });
        var last = await app.ReadCustomerAsync(admin, customer.Id());
        var response = await EraseAsync(admin, customer.Id());
        Assert.Null(response.Headers.ETag);
        var erased = await response.ShouldBeAsync(HttpStatusCode.OK);
        Assert.Contains("erased", erased.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(Fields(last), Fields(erased).Where(field => field.Name != "detail"));

        await (await app.GetCustomerAsync(admin, customer.Id())).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.GetCustomerAsync(admin, "email/" + customer.Text("email"))).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.Customers.SendAsync(HttpMethod.Post, $"{Api}{customer.Id()}/restore/", admin)).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await EraseAsync(admin, customer.Id())).ShouldBeAsync(HttpStatusCode.NotFound);
        Assert.Equal(0, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.consents WHERE customer_uid = $1", customer.GetProperty("uid").GetGuid()));
    }

    [Fact]
    public async Task Audit_trail_keeps_actions_without_personal_data()
    {
        var admin = await app.AdminAsync();
        var bystander = await app.CreateCustomerAsync(admin);
        var customer = await app.CreateCustomerAsync(admin);
        await app.PutCustomerAsync(admin, customer.Id(), new { city = "Boston" });
        await app.Customers.SendAsync(HttpMethod.Delete, Api + customer.Id(), admin);
        await (await EraseAsync(admin, customer.Id())).ShouldBeAsync(HttpStatusCode.OK);
        var trace = await app.TraceAsync(customer);
        Assert.Equal(["customer.created", "customer.changed", "customer.deleted", "customer.erased"], trace.Select(entry => entry.Action));
        Assert.All(trace, entry => Assert.Equal((null, null), (entry.Before, entry.After)));
        Assert.Equal(admin.Id, await app.CustomersSqlAsync<Guid>("SELECT actor_user_id FROM shared.audit_entries WHERE subject_id = $1 AND action = 'customer.erased'", customer.GetProperty("uid").GetGuid()));
        Assert.NotNull((await app.TraceAsync(bystander))[0].After);
    }

    [Fact]
    public async Task Address_can_be_used_again_with_the_same_idempotency_key()
    {
        var admin = await app.AdminAsync();
        var (request, another) = (JohnDoe(), JohnDoe());
        (string, string) key = ("Idempotency-Key", Guid.NewGuid().ToString());
        (string, string) other = ("Idempotency-Key", Guid.NewGuid().ToString());
        var first = await (await app.PostCustomerAsync(admin, request, key)).ShouldBeAsync(HttpStatusCode.Created);
        var bystander = await (await app.PostCustomerAsync(admin, another, other)).ShouldBeAsync(HttpStatusCode.Created);
        await (await EraseAsync(admin, first.Id())).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(0, await app.CustomersSqlAsync<long>(
            "SELECT count(*) FROM shared.idempotent_answers WHERE position(convert_to($1, 'UTF8') IN body) > 0", first.Text("email")!));

        var second = await (await app.PostCustomerAsync(admin, request, key)).ShouldBeAsync(HttpStatusCode.Created);
        Assert.Equal(first.Text("email"), second.Text("email"));
        Assert.NotEqual(first.Id(), second.Id());
        Assert.Equal(bystander.Id(), (await (await app.PostCustomerAsync(admin, another, other)).ShouldBeAsync(HttpStatusCode.Created)).Id());
    }

    [Fact]
    public async Task Only_the_vendor_may_erase()
    {
        var person = await app.RegisterAsync();
        var employee = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(employee, JohnDoe(person.Email));
        await app.LinkAsync(customer, person);
        await (await app.Customers.SendAsync(HttpMethod.Delete, $"{Api}{customer.Id()}/hard")).ShouldBeAsync(HttpStatusCode.Unauthorized);
        await (await EraseAsync(person, customer.Id())).ShouldBeAsync(HttpStatusCode.Forbidden);
        var refusal = await (await EraseAsync(employee, customer.Id())).ShouldBeAsync(HttpStatusCode.Forbidden);
        Assert.Contains("vendor", refusal.Text("detail"), StringComparison.Ordinal);
        await app.ReadCustomerAsync(employee, customer.Id());

        await (await EraseAsync(await app.StaffAsync(OrganizationRole.Vendor), customer.Text("account_number")!)).ShouldBeAsync(HttpStatusCode.OK);
        await app.SignInAsync(person.Email); // The account still exists.
    }

    [Fact]
    public async Task Vendor_of_another_organization_gets_404()
    {
        var customer = await app.CreateCustomerAsync(await app.SomeStaffAsync());
        var vendor = await app.RegisterAsync();
        var organization = await app.OrganizationAsync();
        await app.MakeMemberAsync(vendor.Email, OrganizationRole.Vendor, organization);
        vendor = await app.SignInAsync(vendor.Email);
        await (await EraseAsync(vendor, customer.Id(), (ActingOrganization.Header, organization.ToString()))).ShouldBeAsync(HttpStatusCode.NotFound);
        // In the home organization, where the record is, they are a customer.
        await (await EraseAsync(vendor, customer.Id())).ShouldBeAsync(HttpStatusCode.Forbidden);
        await app.ReadCustomerAsync(await app.SomeStaffAsync(), customer.Id());
    }

    [Fact]
    public async Task Stale_version_is_not_erased()
    {
        var admin = await app.AdminAsync();
        var customer = await app.CreateCustomerAsync(admin);
        await app.PutCustomerAsync(admin, customer.Id(), new { city = "Boston" });
        await (await EraseAsync(admin, customer.Id(), ("If-Match", "\"1\""))).ShouldBeAsync(HttpStatusCode.PreconditionFailed);
        Assert.All(await app.TraceAsync(customer), entry => Assert.NotNull(entry.After));
        await (await EraseAsync(admin, customer.Id(), ("If-Match", "\"2\""))).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Of_concurrent_erasures_one_succeeds_and_the_others_get_404()
    {
        var admin = await app.AdminAsync();
        var customer = await app.CreateCustomerAsync(admin);
        var answers = await Task.WhenAll(Enumerable.Range(0, Concurrency).Select(_ => EraseAsync(admin, customer.Id())));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(Concurrency - 1, answers.Count(answer => answer.StatusCode == HttpStatusCode.NotFound));
        Assert.Single(await app.TraceAsync(customer), entry => entry.Action == "customer.erased");
    }

    [Fact]
    public async Task Changes_concurrent_with_an_erasure_leave_no_data()
    {
        var admin = await app.AdminAsync();
        var customer = await app.CreateCustomerAsync(admin);
        var changes = Enumerable.Range(0, Concurrency).Select(number => app.PutCustomerAsync(admin, customer.Id(), new { notes = $"note {number}", marketing_sms = number % 2 == 0 })).ToList();
        var erasure = EraseAsync(admin, customer.Id());
        foreach (var answer in await Task.WhenAll(changes))
        {
            Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound, answer.StatusCode.ToString());
        }

        await (await erasure).ShouldBeAsync(HttpStatusCode.OK);
        var trace = await app.TraceAsync(customer);
        Assert.Equal("customer.erased", trace[^1].Action);
        Assert.All(trace, entry => Assert.Equal((null, null), (entry.Before, entry.After)));
    }

    [Fact]
    public async Task Creates_concurrent_with_an_erasure_leave_one_owner_of_the_address()
    {
        var admin = await app.AdminAsync();
        var request = JohnDoe();
        var customer = await app.CreateCustomerAsync(admin, request);
        var erasure = EraseAsync(admin, customer.Id());
        var creates = await Task.WhenAll(Enumerable.Range(0, Concurrency).Select(_ => app.PostCustomerAsync(admin, request)));
        await (await erasure).ShouldBeAsync(HttpStatusCode.OK);
        Assert.True(creates.Count(answer => answer.StatusCode == HttpStatusCode.Created) <= 1);
        Assert.All(creates, answer => Assert.True(answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.BadRequest, answer.StatusCode.ToString()));
    }

    private Task<HttpResponseMessage> EraseAsync(Person who, string id, params (string Name, string Value)[] headers) =>
        app.Customers.SendAsync(HttpMethod.Delete, $"{Api}{id}/hard", who, body: null, headers);

    private static IEnumerable<(string Name, string Json)> Fields(JsonElement customer) =>
        customer.EnumerateObject().Select(field => (field.Name, field.Value.GetRawText()));
}

public sealed class CustomerErasureInOneProcessTests(OneProcess app) : CustomerErasureTests(app), IClassFixture<OneProcess>
{
    private readonly OneProcess app = app;

    [Fact]
    public async Task Key_needs_only_the_erase_scope()
    {
        var id = (await app.CreateCustomerAsync(await app.SomeStaffAsync())).Id();
        var refusal = await (await EraseAsync(id, await app.ApiKeyAsync(null, "customers:read", "customers:write"))).ShouldBeAsync(HttpStatusCode.Forbidden);
        Assert.Contains("customers:hard-delete", refusal.Text("detail"), StringComparison.Ordinal);
        await (await EraseAsync(id, await app.ApiKeyAsync(await app.OrganizationAsync()))).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await EraseAsync(id, await app.ApiKeyAsync(null, "customers:hard-delete"))).ShouldBeAsync(HttpStatusCode.OK);
    }

    private Task<HttpResponseMessage> EraseAsync(string id, string key) =>
        app.Customers.SendAsync(HttpMethod.Delete, $"{Api}{id}/hard", null, null, ("X-Api-Key", key));
}

public sealed class CustomerErasureInTwoServicesTests(TwoServices app) : CustomerErasureTests(app), IClassFixture<TwoServices>;
