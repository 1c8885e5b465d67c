using System.Net;
using System.Text.Json;
using Npgsql;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Crm;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Customers;

/// <summary>Concurrent writes: versions, repeated creates, races on both sides, and their audit entries.</summary>
public sealed class CustomerWriteTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const int Concurrency = 50;

    [Fact]
    public async Task Write_with_a_stale_version_is_refused()
    {
        var staff = await app.SomeStaffAsync();
        var id = (await app.CreateCustomerAsync(staff)).Id();
        var first = await app.PutCustomerAsync(staff, id, new { city = "Boston" }, ("If-Match", "\"1\""));
        Assert.Equal("\"2\"", first.Headers.ETag?.Tag);
        foreach (var stale in new[] { "\"1\"", "W/\"1\"", "\"x\"", "2" })
        {
            await (await app.PutCustomerAsync(staff, id, new { city = "Paris" }, ("If-Match", stale))).ShouldBeAsync(HttpStatusCode.PreconditionFailed);
        }

        await (await app.Customers.SendAsync(HttpMethod.Delete, Api + id, staff, body: null, ("If-Match", "\"1\""))).ShouldBeAsync(HttpStatusCode.PreconditionFailed);
        await (await app.PutCustomerAsync(staff, id, new { city = "Rome" }, ("If-Match", "\"1\", \"2\""))).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.PutCustomerAsync(staff, id, new { city = "Oslo" }, ("If-Match", "*"))).ShouldBeAsync(HttpStatusCode.OK);
    }

    // nginx with gzip on makes every entity tag weak.
    [Fact]
    public async Task Version_that_a_proxy_has_made_weak_counts_in_every_dialect()
    {
        var staff = await app.SomeStaffAsync();
        var id = (await app.CreateCustomerAsync(staff)).Id();

        await (await app.PutCustomerAsync(staff, id, new { city = "Rome" }, ("If-Match", "W/\"7\", W/\"1\""))).ShouldBeAsync(HttpStatusCode.OK);
        var address = await (await app.AddAddressAsync(staff, id, new { type = "billing", city = "Paris" }, ("If-Match", "W/\"2\""))).ShouldBeAsync(HttpStatusCode.Created);
        var ofAddress = $"{Api}{id}/addresses/{address.Text("id")}/";
        await (await app.Customers.SendAsync(HttpMethod.Put, ofAddress, staff, new { city = "Oslo" }, ("If-Match", "W/\"3\""))).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.Customers.SendAsync(HttpMethod.Delete, ofAddress, staff, null, ("If-Match", "W/\"4\""))).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.Customers.SendAsync(HttpMethod.Delete, Api + id, staff, null, ("If-Match", "W/\"3\""))).ShouldBeAsync(HttpStatusCode.PreconditionFailed);
        await (await app.Customers.SendAsync(HttpMethod.Delete, Api + id, staff, null, ("If-Match", "W/\"5\""))).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Unchanged_write_keeps_the_version_and_is_not_audited()
    {
        var staff = await app.SomeStaffAsync();
        var request = JohnDoe();
        var customer = await app.CreateCustomerAsync(staff, request);
        var again = await app.PutCustomerAsync(staff, customer.Id(), request);
        Assert.Equal("\"1\"", again.Headers.ETag?.Tag);
        Assert.Equal(["customer.created"], (await app.TraceAsync(customer)).Select(entry => entry.Action));
    }

    [Fact]
    public async Task Every_change_is_audited()
    {
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);
        await app.PutCustomerAsync(staff, customer.Id(), new { city = "Boston", marketing_sms = true });
        await app.Customers.SendAsync(HttpMethod.Delete, Api + customer.Id(), staff);
        await app.Customers.SendAsync(HttpMethod.Delete, Api + customer.Id(), staff);
        await app.Customers.SendAsync(HttpMethod.Post, $"{Api}{customer.Id()}/restore/", staff);
        var trace = await app.TraceAsync(customer);
        Assert.Equal(["customer.created", "customer.changed", "customer.deleted", "customer.restored"], trace.Select(entry => entry.Action));
        Assert.Equal("""{"city": "New York", "marketing_sms": false}""", trace[1].Before);
        Assert.Equal("""{"city": "Boston", "marketing_sms": true}""", trace[1].After);
        Assert.Equal("marketing_emails true staff,marketing_sms true staff", await app.CustomersSqlAsync<string>(
            "SELECT string_agg(concat_ws(' ', kind, value::text, source), ',' ORDER BY id) FROM customers.consents WHERE customer_uid = $1", customer.GetProperty("uid").GetGuid()));
    }

    [Fact]
    public async Task Fifty_creates_with_one_address_create_one_customer()
    {
        var staff = await app.SomeStaffAsync();
        var request = JohnDoe();
        var answers = await Task.WhenAll(Enumerable.Range(0, Concurrency).Select(_ => app.PostCustomerAsync(staff, request)));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created);
        foreach (var loser in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created))
        {
            Assert.Equal("Customer with this email already exists", (await loser.ShouldBeAsync(HttpStatusCode.BadRequest)).Text("detail"));
        }
    }

    [Fact]
    public async Task Fifty_creates_with_one_name_get_fifty_user_names_and_codes()
    {
        var staff = await app.SomeStaffAsync();
        var customers = await Task.WhenAll(Enumerable.Range(0, Concurrency).Select(_ => app.CreateCustomerAsync(staff)));
        Assert.Equal(Concurrency, customers.Select(customer => customer.Text("username")).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(Concurrency, customers.Select(customer => customer.Text("code")).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(Concurrency, customers.Select(CustomerIntents.Id).Distinct(StringComparer.Ordinal).Count());
        Assert.All(customers, customer => Assert.Matches("^johndoe([0-9]+|[0-9a-f]{32})?$", customer.Text("username")));
    }

    [Fact]
    public async Task Fifty_concurrent_updates_are_all_applied()
    {
        var staff = await app.SomeStaffAsync();
        var id = (await app.CreateCustomerAsync(staff)).Id();
        var answers = await Task.WhenAll(Enumerable.Range(0, Concurrency).Select(number => app.PutCustomerAsync(staff, id, new { notes = $"note {number}" })));
        Assert.Equal(Enumerable.Range(2, Concurrency).Select(version => $"\"{version}\"").Order(StringComparer.Ordinal), answers.Select(answer => answer.Headers.ETag?.Tag).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Of_fifty_updates_of_one_version_one_succeeds()
    {
        var staff = await app.SomeStaffAsync();
        var id = (await app.CreateCustomerAsync(staff)).Id();
        var answers = await Task.WhenAll(Enumerable.Range(0, Concurrency).Select(number => app.PutCustomerAsync(staff, id, new { notes = $"note {number}" }, ("If-Match", "\"1\""))));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(Concurrency - 1, answers.Count(answer => answer.StatusCode == HttpStatusCode.PreconditionFailed));
    }

    [Fact]
    public async Task Concurrent_update_and_create_leave_one_owner_of_an_address()
    {
        var staff = await app.SomeStaffAsync();
        var email = Intents.NewEmail("wanted");
        var others = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => app.CreateCustomerAsync(staff)));
        var answers = await Task.WhenAll(
            others.Select(customer => app.PutCustomerAsync(staff, customer.Id(), new { email = email.ToUpperInvariant() }))
                .Concat(Enumerable.Range(0, 10).Select(_ => app.PostCustomerAsync(staff, JohnDoe(email)))));
        Assert.Single(answers, answer => answer.IsSuccessStatusCode);
        Assert.Equal(19, answers.Count(answer => answer.StatusCode == HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task Update_that_ends_in_a_deadlock_is_retried_and_succeeds()
    {
        var staff = await app.SomeStaffAsync();
        var (left, right) = (await app.CreateCustomerAsync(staff), await app.CreateCustomerAsync(staff));
        await using var connection = new NpgsqlConnection(app.Customers.ConnectionString);
        await connection.OpenAsync();
        await using var other = await connection.BeginTransactionAsync();
        await MoveAsync(connection, right, "moving@tests.example");
        var update = app.PutCustomerAsync(staff, left.Id(), new { email = right.Text("email") });
        await app.WaitForBlockedSessionsAsync();
        await MoveAsync(connection, left, right.Text("email")!);
        await other.CommitAsync();

        // The other transaction has taken the address that the update requests.
        Assert.Equal(right.Text("email"), (await (await update).ShouldBeAsync(HttpStatusCode.OK)).Text("email"));
    }

    [Fact]
    public async Task Repeated_create_with_one_idempotency_key_creates_one_customer()
    {
        var staff = await app.SomeStaffAsync();
        var request = JohnDoe();
        (string, string) key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var first = await app.PostCustomerAsync(staff, request, key);
        var second = await app.PostCustomerAsync(staff, request, key);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal((first.StatusCode, first.Headers.ETag, first.Headers.Location), (second.StatusCode, second.Headers.ETag, second.Headers.Location));

        request["city"] = "Boston";
        await (await app.PostCustomerAsync(staff, request, key)).ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
        (string, string) another = ("Idempotency-Key", Guid.NewGuid().ToString());
        await (await app.PostCustomerAsync(staff, request, another)).ShouldBeAsync(HttpStatusCode.BadRequest);
        await (await app.PostCustomerAsync(staff, request, another)).ShouldBeAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Fifty_concurrent_repeated_creates_create_one_customer()
    {
        var staff = await app.SomeStaffAsync();
        var request = JohnDoe();
        (string, string) key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var answers = await Task.WhenAll(Enumerable.Range(0, Concurrency).Select(_ => app.PostCustomerAsync(staff, request, key)));
        Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.Conflict, answer.StatusCode.ToString()));
        Assert.Single(await Task.WhenAll(answers.Where(answer => answer.StatusCode == HttpStatusCode.Created).Select(answer => answer.Content.ReadAsStringAsync())).ContinueWith(texts => texts.Result.Distinct()));
    }

    [Fact]
    public async Task Stored_response_is_not_replayed_to_a_caller_who_lost_the_right()
    {
        var staff = await app.ProvenStaffAsync();
        var customer = await app.CreateCustomerAsync(await app.SomeStaffAsync(), JohnDoe());
        var person = await app.RegisterProvenAsync();
        var creates = new (string Path, object Body, HttpStatusCode Refused)[]
        {
            (Api, JohnDoe(), HttpStatusCode.Forbidden),
            ($"{Api}{customer.Id()}/addresses/", new { type = "shipping", city = "Boston" }, HttpStatusCode.NotFound),
            ("/api/customers/", new { name = "Acme", organization = app.Home() }, HttpStatusCode.Forbidden),
            ("/api/customers/", new { name = "Jane", user_id = person.Id }, HttpStatusCode.Forbidden),
        };
        foreach (var (path, body, refused) in creates)
        {
            await app.MakeMemberAsync(staff.Email, OrganizationRole.Employee, app.Home());
            (string, string) key = ("Idempotency-Key", Guid.NewGuid().ToString());
            await (await PostAsync()).ShouldBeAsync(HttpStatusCode.Created);
            await (await PostAsync()).ShouldBeAsync(HttpStatusCode.Created);

            await app.MakeMemberAsync(staff.Email, OrganizationRole.Customer, app.Home());
            await (await PostAsync()).ShouldBeAsync(refused);

            Task<HttpResponseMessage> PostAsync() => app.Accounts.SendAsync(HttpMethod.Post, path, staff, body, key);
        }
    }

    [Fact]
    public async Task Invalid_request_does_not_occupy_its_key()
    {
        var staff = await app.SomeStaffAsync();
        (string, string) key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var request = JohnDoe();
        request["email"] = "no address";
        await (await app.PostCustomerAsync(staff, request, key)).ShouldBeAsync(HttpStatusCode.UnprocessableEntity);

        request["email"] = Intents.NewEmail();
        await (await app.PostCustomerAsync(staff, request, key)).ShouldBeAsync(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Forbidden_response_is_not_replayed()
    {
        var person = await app.RegisterAsync();
        (string, string) key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var request = JohnDoe();
        await (await app.PostCustomerAsync(person, request, key)).ShouldBeAsync(HttpStatusCode.Forbidden);

        await app.MakeMemberAsync(person.Email, OrganizationRole.Employee, app.Home());
        var staff = await app.SignInAsync(person.Email);
        await (await app.PostCustomerAsync(staff, request, key)).ShouldBeAsync(HttpStatusCode.Created);
    }

    private static async Task MoveAsync(NpgsqlConnection connection, JsonElement customer, string email)
    {
        await using var command = new NpgsqlCommand("UPDATE customers.customers SET email = $1, email_key = $1 WHERE customer_id = $2", connection);
        command.Parameters.AddWithValue(email);
        command.Parameters.AddWithValue(customer.Id());
        await command.ExecuteNonQueryAsync();
    }
}
