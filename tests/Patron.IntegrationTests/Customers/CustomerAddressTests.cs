using System.Net;
using System.Text.RegularExpressions;
using Npgsql;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Customers;

/// <summary>The customer's additional addresses: create, change and remove, visibility, races and invalid input.</summary>
public sealed partial class CustomerAddressTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const int Limit = 100;

    private static readonly object Dock = new { type = "shipping", address_line1 = "Dock 4", city = "Boston", country = "USA" };

    [Fact]
    public async Task Adding_changing_and_removing_an_address_raises_the_version()
    {
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);
        var path = $"{Api}{customer.Id()}/addresses/";

        var added = await app.AddAddressAsync(staff, customer.Id(), Dock);
        var address = await added.ShouldBeAsync(HttpStatusCode.Created);
        Assert.Equal(("\"2\"", $"{path}{address.Text("id")}/"), (added.Headers.ETag?.Tag, added.Headers.Location?.ToString()));
        Assert.Equal(
            ["id", "type", "address_line1", "address_line2", "city", "state", "postal_code", "country", "country_code", "full_address", "created_at", "updated_at"],
            address.EnumerateObject().Select(field => field.Name));
        Assert.Equal(("shipping", "Dock 4, Boston, USA", "US", null), (address.Text("type"), address.Text("full_address"), address.Text("country_code"), address.Text("state")));

        var change = new { type = "billing", address_line1 = (string?)null, city = " Paris ", country = "France" };
        var changed = await app.Customers.SendAsync(HttpMethod.Put, path + address.Text("id"), staff, change);
        var after = await changed.ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(("\"3\"", "billing", "Paris, France", "FR"), (changed.Headers.ETag?.Tag, after.Text("type"), after.Text("full_address"), after.Text("country_code")));
        Assert.Equal((address.Text("id"), address.Text("created_at")), (after.Text("id"), after.Text("created_at")));

        var record = await app.GetCustomerAsync(staff, customer.Id());
        Assert.Equal("\"3\"", record.Headers.ETag?.Tag);
        Assert.Equal(after.Text("updated_at"), (await record.ShouldBeAsync(HttpStatusCode.OK)).Text("updated_at"));

        var removed = await app.Customers.SendAsync(HttpMethod.Delete, path + address.Text("id"), staff);
        Assert.Equal(after.ToString(), (await removed.ShouldBeAsync(HttpStatusCode.OK)).ToString());
        Assert.Equal("\"4\"", removed.Headers.ETag?.Tag);
        await (await app.Customers.SendAsync(HttpMethod.Delete, path + address.Text("id"), staff)).ShouldBeAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task List_starts_with_the_primary_address()
    {
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);
        var first = await (await app.AddAddressAsync(staff, customer.Id(), Dock)).ShouldBeAsync(HttpStatusCode.Created);
        var second = await (await app.AddAddressAsync(staff, customer.Id(), new { city = "Rome" })).ShouldBeAsync(HttpStatusCode.Created);
        Assert.Equal("other", second.Text("type"));

        var response = await app.ListAddressesAsync(staff, customer.Text("account_number")!);
        var list = (await response.ShouldBeAsync(HttpStatusCode.OK)).EnumerateArray().ToList();
        Assert.Equal(("\"3\"", "3"), (response.Headers.ETag?.Tag, response.Headers.GetValues("X-Total-Count").Single()));
        Assert.Equal(("primary", customer.Text("uid"), customer.Text("full_address")), (list[0].Text("type"), list[0].Text("id"), list[0].Text("full_address")));
        Assert.Equal([first.ToString(), second.ToString()], list.Skip(1).Select(address => address.ToString()));

        await app.PutCustomerAsync(staff, customer.Id(), new { address_line1 = "", city = "", state = "", postal_code = "", country = "" });
        var others = (await (await app.ListAddressesAsync(staff, customer.Id())).ShouldBeAsync(HttpStatusCode.OK)).EnumerateArray();
        Assert.Equal(["shipping", "other"], others.Select(address => address.Text("type")));
    }

    [Fact]
    public async Task Primary_address_is_refused_with_a_hint()
    {
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);
        foreach (var method in new[] { HttpMethod.Put, HttpMethod.Delete })
        {
            var response = await app.Customers.SendAsync(method, $"{Api}{customer.Id()}/addresses/{customer.Text("uid")}", staff, method == HttpMethod.Put ? Dock : null);
            Assert.Contains("PUT /api/v1/customers/", (await response.ShouldBeAsync(HttpStatusCode.BadRequest)).Text("detail"), StringComparison.Ordinal);
        }

        await (await app.AddAddressAsync(staff, customer.Id(), new { type = "primary", city = "Rome" })).ShouldRefuseAsync("type");
        Assert.Equal(customer.ToString(), (await app.ReadCustomerAsync(staff, customer.Id())).ToString());
    }

    [Fact]
    public async Task Customer_manages_only_their_own_addresses()
    {
        var staff = await app.SomeStaffAsync();
        var person = await app.RegisterAsync();
        var own = await app.CreateCustomerAsync(staff, JohnDoe(person.Email));
        await app.LinkAsync(own, person);
        var address = await (await app.AddAddressAsync(person, own.Id(), Dock)).ShouldBeAsync(HttpStatusCode.Created);
        var one = $"{Api}{own.Id()}/addresses/{address.Text("id")}";
        await (await app.Customers.SendAsync(HttpMethod.Put, one, person, new { city = "Rome" })).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.Customers.SendAsync(HttpMethod.Put, one, staff, new { state = "Lazio" })).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.ListAddressesAsync(person, own.Id())).ShouldBeAsync(HttpStatusCode.OK);

        var other = await app.CreateCustomerAsync(staff);
        var foreign = await (await app.AddAddressAsync(staff, other.Id(), Dock)).ShouldBeAsync(HttpStatusCode.Created);
        await ShouldBeAllAsync(HttpStatusCode.NotFound, other.Id(), foreign.Text("id")!, person);
        // Not below the caller's own record either, nor for staff below another record.
        await ShouldBeAllAsync(HttpStatusCode.NotFound, own.Id(), foreign.Text("id")!, person, only: [HttpMethod.Put, HttpMethod.Delete]);
        await ShouldBeAllAsync(HttpStatusCode.NotFound, own.Id(), foreign.Text("id")!, staff, only: [HttpMethod.Put, HttpMethod.Delete]);

        await (await app.Customers.SendAsync(HttpMethod.Delete, Api + own.Id(), staff)).ShouldBeAsync(HttpStatusCode.OK);
        await ShouldBeAllAsync(HttpStatusCode.NotFound, own.Id(), address.Text("id")!, person);
        await (await app.Customers.SendAsync(HttpMethod.Delete, one, staff)).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Anonymous_callers_get_401_and_other_staff_404()
    {
        var staff = await app.SomeStaffAsync();
        var id = (await app.CreateCustomerAsync(staff)).Id();
        var address = (await (await app.AddAddressAsync(staff, id, Dock)).ShouldBeAsync(HttpStatusCode.Created)).Text("id")!;
        await ShouldBeAllAsync(HttpStatusCode.Unauthorized, id, address, who: null);

        var organization = await app.OrganizationAsync();
        var otherPerson = await app.RegisterAsync();
        await app.MakeMemberAsync(otherPerson.Email, OrganizationRole.Vendor, organization);
        otherPerson = await app.SignInAsync(otherPerson.Email);
        await ShouldBeAllAsync(HttpStatusCode.NotFound, id, address, otherPerson, null, (ActingOrganization.Header, organization.ToString()));
    }

    [Fact]
    public async Task API_key_is_limited_by_its_scopes()
    {
        var id = (await app.CreateCustomerAsync(await app.SomeStaffAsync())).Id();
        var reader = ("X-Api-Key", await app.ApiKeyAsync(null, Scopes.ReadCustomers));
        var writer = ("X-Api-Key", await app.ApiKeyAsync(null, Scopes.WriteCustomers));
        var path = $"{Api}{id}/addresses";
        var address = (await (await app.Customers.SendAsync(HttpMethod.Post, path, null, Dock, writer)).ShouldBeAsync(HttpStatusCode.Created)).Text("id")!;
        await (await app.Customers.SendAsync(HttpMethod.Get, path, null, null, reader)).ShouldBeAsync(HttpStatusCode.OK);
        await ShouldBeAllAsync(HttpStatusCode.Forbidden, id, address, null, [HttpMethod.Get], writer);
        await ShouldBeAllAsync(HttpStatusCode.Forbidden, id, address, null, [HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete], reader);
    }

    [Fact]
    public async Task Fifty_concurrent_adds_keep_the_limit()
    {
        const int Free = 20;
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);
        await app.CustomersSqlAsync<object>(
            "INSERT INTO customers.addresses (uid, customer_uid, type, city, created_at, updated_at) SELECT gen_random_uuid(), $1, 'other', 'Town ' || n, now(), now() FROM generate_series(1, $2) n",
            customer.GetProperty("uid").GetGuid(), Limit - Free);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => app.AddAddressAsync(staff, customer.Id(), Dock)));
        var added = answers.Where(answer => answer.StatusCode == HttpStatusCode.Created).Select(answer => answer.Headers.ETag?.Tag);
        Assert.Equal(Enumerable.Range(2, Free).Select(version => $"\"{version}\"").Order(StringComparer.Ordinal), added.Order(StringComparer.Ordinal));
        foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created))
        {
            Assert.Contains("at most 100", (await refused.ShouldBeAsync(HttpStatusCode.BadRequest)).Text("detail"), StringComparison.Ordinal);
        }

        Assert.Equal(Limit, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.addresses WHERE customer_uid = $1", customer.GetProperty("uid").GetGuid()));
    }

    [Fact]
    public async Task Write_with_a_stale_version_is_refused()
    {
        var staff = await app.SomeStaffAsync();
        var id = (await app.CreateCustomerAsync(staff)).Id();
        var address = (await (await app.AddAddressAsync(staff, id, Dock, ("If-Match", "\"1\""))).ShouldBeAsync(HttpStatusCode.Created)).Text("id")!;
        await ShouldBeAllAsync(HttpStatusCode.PreconditionFailed, id, address, staff, [HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete], ("If-Match", "\"1\""));
        await (await app.PutCustomerAsync(staff, id, new { city = "Rome" }, ("If-Match", "\"1\""))).ShouldBeAsync(HttpStatusCode.PreconditionFailed);
        var list = await app.ListAddressesAsync(staff, id);
        Assert.Equal(("\"2\"", 2), (list.Headers.ETag?.Tag, (await list.ShouldBeAsync(HttpStatusCode.OK)).GetArrayLength()));
        await ShouldBeAllAsync(HttpStatusCode.OK, id, address, staff, [HttpMethod.Put], ("If-Match", "\"2\""));
    }

    [Fact]
    public async Task Repeated_add_with_one_idempotency_key_adds_one_address()
    {
        var staff = await app.SomeStaffAsync();
        var (id, other) = ((await app.CreateCustomerAsync(staff)).Id(), (await app.CreateCustomerAsync(staff)).Id());
        (string, string) key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var first = await app.AddAddressAsync(staff, id, Dock, key);
        var second = await app.AddAddressAsync(staff, id, Dock, key);
        Assert.Equal((await first.ShouldBeAsync(HttpStatusCode.Created)).ToString(), (await second.ShouldBeAsync(HttpStatusCode.Created)).ToString());
        Assert.Equal((first.Headers.ETag, first.Headers.Location), (second.Headers.ETag, second.Headers.Location));
        await (await app.AddAddressAsync(staff, other, Dock, key)).ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
        await (await app.AddAddressAsync(staff, id, new { city = "Rome" }, key)).ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
        Assert.Equal(2, (await (await app.ListAddressesAsync(staff, id)).ShouldBeAsync(HttpStatusCode.OK)).GetArrayLength());
    }

    [Fact]
    public async Task Every_change_is_audited_and_an_unchanged_write_is_not()
    {
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);
        var id = (await (await app.AddAddressAsync(staff, customer.Id(), Dock)).ShouldBeAsync(HttpStatusCode.Created)).Text("id");
        var path = $"{Api}{customer.Id()}/addresses/{id}";
        Assert.Equal("\"2\"", (await app.Customers.SendAsync(HttpMethod.Put, path, staff, Dock)).Headers.ETag?.Tag);
        await app.Customers.SendAsync(HttpMethod.Put, path, staff, new { city = "Rome", country = (string?)null });
        await app.Customers.SendAsync(HttpMethod.Delete, path, staff);

        var trace = await app.CustomersSqlAsync<string>(
            "SELECT string_agg(concat_ws(' ', action, coalesce(before::text, '-'), coalesce(after::text, '-')), E'\n' ORDER BY id) FROM shared.audit_entries WHERE subject_id = $1 AND actor_user_id = $2 AND action <> 'customer.created'",
            customer.GetProperty("uid").GetGuid(), staff.Id);
        Assert.Equal(
            $$"""
            customer.address_added - {"id": "{{id}}", "city": "Boston", "type": "shipping", "country": "USA", "address_line1": "Dock 4"}
            customer.address_changed {"id": "{{id}}", "city": "Boston", "country": "USA"} {"id": "{{id}}", "city": "Rome", "country": null}
            customer.address_removed {"id": "{{id}}", "city": "Rome", "type": "shipping", "address_line1": "Dock 4"} -
            """, trace);
    }

    [Theory]
    [InlineData("type", "\"primary\"")]
    [InlineData("type", "\"home\"")]
    [InlineData("type", "1")]
    [InlineData("address_line1", "\"{256}\"")]
    [InlineData("address_line2", "\"{256}\"")]
    [InlineData("city", "\"{101}\"")]
    [InlineData("city", "7")]
    [InlineData("city", "\"two\\nlines\"")]
    [InlineData("city", "\"a\\u0000b\"")]
    [InlineData("city", "\"\\ud800\"")]
    [InlineData("state", "\"{101}\"")]
    [InlineData("postal_code", "\"{21}\"")]
    [InlineData("country", "\"{101}\"")]
    [InlineData("address_line1", "null, \"city\": \" \", \"country\": \"\"")]
    public async Task Invalid_value_is_refused_by_field_name(string field, string value)
    {
        var staff = await app.SomeStaffAsync();
        var id = (await app.CreateCustomerAsync(staff)).Id();
        var address = (await (await app.AddAddressAsync(staff, id, Dock)).ShouldBeAsync(HttpStatusCode.Created)).Text("id");
        var before = await (await app.ListAddressesAsync(staff, id)).Content.ReadAsStringAsync();
        var written = RepeatMarker().Replace(value, match => new string('x', int.Parse(match.Groups["length"].Value)));
        await (await app.AddAddressAsync(staff, id, Raw($$"""{"{{field}}": {{written}}}"""))).ShouldRefuseAsync(field);
        await (await app.Customers.SendAsync(HttpMethod.Put, $"{Api}{id}/addresses/{address}", staff, Raw($$"""{"{{field}}": {{written}}}"""))).ShouldRefuseAsync(field);
        Assert.Equal(before, await (await app.ListAddressesAsync(staff, id)).Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("{\"city\":", HttpStatusCode.BadRequest)]
    [InlineData("[1]", HttpStatusCode.UnprocessableEntity)]
    [InlineData("null", HttpStatusCode.UnprocessableEntity)]
    [InlineData("{}", HttpStatusCode.UnprocessableEntity)]
    public async Task Body_without_an_address_is_refused(string body, HttpStatusCode status)
    {
        var staff = await app.SomeStaffAsync();
        await (await app.AddAddressAsync(staff, (await app.CreateCustomerAsync(staff)).Id(), Raw(body))).ShouldBeAsync(status);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("1")]
    [InlineData("%FF")]
    [InlineData("0198c0de-5555-7000-8000-000000000001")]
    public async Task Unknown_id_is_404(string address)
    {
        var staff = await app.SomeStaffAsync();
        await ShouldBeAllAsync(HttpStatusCode.NotFound, (await app.CreateCustomerAsync(staff)).Id(), address, staff, [HttpMethod.Put, HttpMethod.Delete]);
        await ShouldBeAllAsync(HttpStatusCode.NotFound, "CUST_00000000", address, staff);
    }

    [Theory]
    [InlineData("type = 'primary'", "ck_addresses_type")]
    [InlineData("address_line1 = NULL, city = NULL, country = NULL", "ck_addresses_something")]
    [InlineData("state = ''", "ck_addresses_blank")]
    [InlineData("uid = (SELECT min(uid::text)::uuid FROM customers.addresses)", "ux_addresses_uid")]
    [InlineData("customer_uid = gen_random_uuid()", "fk_addresses_customer")]
    public async Task Database_refuses_invalid_rows(string change, string constraint)
    {
        var staff = await app.SomeStaffAsync();
        var id = (await app.CreateCustomerAsync(staff)).Id();
        await (await app.AddAddressAsync(staff, id, Dock)).ShouldBeAsync(HttpStatusCode.Created);
        var victim = (await (await app.AddAddressAsync(staff, id, Dock)).ShouldBeAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => app.CustomersSqlAsync<object>($"UPDATE customers.addresses SET {change} WHERE uid = $1", victim));
        Assert.Equal(constraint, refusal.ConstraintName);
    }

    [Fact]
    public async Task Addresses_are_erased_with_their_customer()
    {
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);
        await (await app.AddAddressAsync(staff, customer.Id(), Dock)).ShouldBeAsync(HttpStatusCode.Created);
        await app.CustomersSqlAsync<object>("DELETE FROM customers.customers WHERE customer_id = $1", customer.Id());
        Assert.Equal(0, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.addresses WHERE customer_uid = $1", customer.GetProperty("uid").GetGuid()));
    }

    // Calls the address endpoints of a customer, all four by default, and asserts the same status for each.
    private async Task ShouldBeAllAsync(
        HttpStatusCode status, string customer, string address, Person? who, HttpMethod[]? only = null, params (string Name, string Value)[] headers)
    {
        foreach (var method in only ?? [HttpMethod.Get, HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete])
        {
            var isOne = method == HttpMethod.Put || method == HttpMethod.Delete;
            var body = method == HttpMethod.Post || method == HttpMethod.Put ? Dock : null;
            await (await app.Customers.SendAsync(method, $"{Api}{customer}/addresses/{(isOne ? address : "")}", who, body, headers)).ShouldBeAsync(status);
        }
    }

    // '{101}' is replaced by 101 letters.
    [GeneratedRegex(@"\{(?<length>\d+)\}", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex RepeatMarker();
}
