using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Customers;

/// <summary>Marking email and phone as verified, and the last sign-in (source 5, 'Customer Verification').</summary>
public abstract class CustomerVerificationTests(PatronApp app)
{
    private const int Concurrency = 50;

    public static TheoryData<string> Marks => ["verify-email", "verify-phone", "last-login"];

    [Theory]
    [InlineData("email", "phone", "customer.email_verified", "email_verified_at")]
    [InlineData("phone", "email", "customer.phone_verified", "phone_verified_at")]
    public async Task Verification_marks_the_customer_and_is_idempotent(string what, string other, string action, string field)
    {
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);
        Assert.False(customer.GetProperty("is_verified").GetBoolean());
        var response = await MarkAsync(staff, customer.Id(), $"verify-{what}");
        Assert.Equal("\"2\"", response.Headers.ETag?.Tag);
        var verified = await response.ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal((true, true, false), (verified.GetProperty("is_verified").GetBoolean(), verified.GetProperty($"{what}_verified").GetBoolean(), verified.GetProperty($"{other}_verified").GetBoolean()));
        Assert.True(verified.GetProperty("updated_at").GetDateTimeOffset() > customer.GetProperty("updated_at").GetDateTimeOffset());
        Assert.Equal(verified.GetRawText(), (await app.ReadCustomerAsync(staff, customer.Id())).GetRawText());

        var again = await MarkAsync(staff, customer.Id(), $"verify-{what}/");
        Assert.Equal("\"2\"", again.Headers.ETag?.Tag);
        Assert.Equal(verified.GetRawText(), (await again.ShouldBeAsync(HttpStatusCode.OK)).GetRawText());

        var trace = await app.TraceAsync(customer);
        Assert.Equal(["customer.created", action], trace.Select(entry => entry.Action));
        Assert.Equal($$"""{"{{field}}": null}""", trace[1].Before);
        Assert.Equal(verified.Text("updated_at"), JsonDocument.Parse(trace[1].After!).RootElement.Text(field));
    }

    [Fact]
    public async Task Every_sign_in_is_recorded()
    {
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);
        Assert.Null(customer.Text("last_login_at"));
        var first = await (await MarkAsync(staff, customer.Id(), "last-login")).ShouldBeAsync(HttpStatusCode.OK);
        var response = await MarkAsync(staff, customer.Id(), "last-login");
        var second = await response.ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("\"3\"", response.Headers.ETag?.Tag);
        Assert.InRange(DateTimeOffset.UtcNow - second.GetProperty("last_login_at").GetDateTimeOffset(), TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.True(second.GetProperty("last_login_at").GetDateTimeOffset() > first.GetProperty("last_login_at").GetDateTimeOffset());
        Assert.False(second.GetProperty("is_verified").GetBoolean());

        var trace = await app.TraceAsync(customer);
        Assert.Equal(["customer.created", "customer.signed_in", "customer.signed_in"], trace.Select(entry => entry.Action));
        Assert.Equal(trace[1].After, trace[2].Before);
    }

    [Theory]
    [InlineData("email")]
    [InlineData("phone")]
    public async Task Missing_value_cannot_be_verified(string what)
    {
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);
        // The dialect requires an address in every create; other entry points do not.
        await app.CustomersSqlAsync<object>(
            "UPDATE customers.customers SET claim = 'unclaimed', email = NULL, email_key = NULL, phone = NULL, phone_e164 = NULL WHERE customer_id = $1", customer.Id());
        var refusal = await (await MarkAsync(staff, customer.Id(), $"verify-{what}")).ShouldBeAsync(HttpStatusCode.BadRequest);
        Assert.Contains("to verify", refusal.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(["customer.created"], (await app.TraceAsync(customer)).Select(entry => entry.Action));
    }

    [Fact]
    public async Task Changed_email_and_phone_are_unverified()
    {
        var staff = await app.SomeStaffAsync();
        var id = (await app.CreateCustomerAsync(staff)).Id();
        await MarkAsync(staff, id, "verify-email");
        await MarkAsync(staff, id, "verify-phone");
        var moved = await (await app.PutCustomerAsync(staff, id, new { email = Intents.NewEmail("moved"), phone = "+1 555 0177" })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.False(moved.GetProperty("is_verified").GetBoolean());
        var verified = await (await MarkAsync(staff, id, "verify-email")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.True(verified.GetProperty("email_verified").GetBoolean());
    }

    [Fact]
    public async Task Verifying_the_record_does_not_prove_the_account()
    {
        var person = await app.RegisterAsync();
        var customer = await app.CreateCustomerAsync(await app.SomeStaffAsync(), JohnDoe(person.Email));
        await app.LinkAsync(customer, person);
        await (await MarkAsync(await app.SomeStaffAsync(), customer.Id(), "verify-email")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.False(await app.AccountsSqlAsync<bool>("SELECT email_confirmed FROM accounts.users WHERE id = $1", person.Id));
    }

    [Theory]
    [MemberData(nameof(Marks))]
    public async Task Stale_version_is_refused(string mark)
    {
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);
        await (await MarkAsync(staff, customer.Id(), mark, ("If-Match", "\"7\""))).ShouldBeAsync(HttpStatusCode.PreconditionFailed);
        Assert.Equal(["customer.created"], (await app.TraceAsync(customer)).Select(entry => entry.Action));
        await (await MarkAsync(staff, customer.Id(), mark, ("If-Match", "\"1\""))).ShouldBeAsync(HttpStatusCode.OK);
        await (await MarkAsync(staff, customer.Id(), mark, ("If-Match", "\"1\""))).ShouldBeAsync(HttpStatusCode.PreconditionFailed);
    }

    [Theory]
    [MemberData(nameof(Marks))]
    public async Task Only_staff_of_the_organization_may_verify(string mark)
    {
        var person = await app.RegisterAsync();
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff, JohnDoe(person.Email));
        await app.LinkAsync(customer, person);
        await (await app.Customers.SendAsync(HttpMethod.Patch, $"{Api}{customer.Id()}/{mark}")).ShouldBeAsync(HttpStatusCode.Unauthorized);
        await (await MarkAsync(person, customer.Id(), mark)).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await MarkAsync(staff, "CUST_00000000", mark)).ShouldBeAsync(HttpStatusCode.NotFound);
        var other = await app.CreateCustomerAsync(staff); // A linked record has the account's phone, and this account has none.
        await (await MarkAsync(staff, other.Text("account_number")!, mark)).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Fifty_concurrent_verifications_count_once_and_keep_other_changes()
    {
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);
        var answers = await Task.WhenAll(Enumerable.Range(0, Concurrency)
            .Select(_ => MarkAsync(staff, customer.Id(), "verify-email"))
            .Append(app.PutCustomerAsync(staff, customer.Id(), new { city = "Boston" })));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        var after = await app.GetCustomerAsync(staff, customer.Id());
        Assert.Equal("\"3\"", after.Headers.ETag?.Tag);
        Assert.Equal("Boston", (await after.ShouldBeAsync(HttpStatusCode.OK)).Text("city"));
        Assert.Single(await app.TraceAsync(customer), entry => entry.Action == "customer.email_verified");
    }

    private Task<HttpResponseMessage> MarkAsync(Person who, string id, string mark, params (string Name, string Value)[] headers) =>
        app.Customers.SendAsync(HttpMethod.Patch, $"{Api}{id}/{mark}", who, body: null, headers);
}

public sealed class CustomerVerificationInOneProcessTests(OneProcess app) : CustomerVerificationTests(app), IClassFixture<OneProcess>
{
    private readonly OneProcess app = app;

    [Theory]
    [MemberData(nameof(Marks))]
    public async Task Key_needs_the_write_scope(string mark)
    {
        var id = (await app.CreateCustomerAsync(await app.SomeStaffAsync())).Id();
        await (await app.Customers.SendAsync(HttpMethod.Patch, $"{Api}{id}/{mark}", null, null, ("X-Api-Key", await app.ApiKeyAsync(null, "customers:read")))).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.Customers.SendAsync(HttpMethod.Patch, $"{Api}{id}/{mark}", null, null, ("X-Api-Key", await app.ApiKeyAsync(null, "customers:write")))).ShouldBeAsync(HttpStatusCode.OK);
        var others = await app.ApiKeyAsync(await app.OrganizationAsync());
        await (await app.Customers.SendAsync(HttpMethod.Patch, $"{Api}{id}/{mark}", null, null, ("X-Api-Key", others))).ShouldBeAsync(HttpStatusCode.NotFound);
    }
}

public sealed class CustomerVerificationInTwoServicesTests(TwoServices app) : CustomerVerificationTests(app), IClassFixture<TwoServices>;
