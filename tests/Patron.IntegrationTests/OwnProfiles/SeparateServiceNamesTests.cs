using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.OwnProfiles;

/// <summary>A separate customers service shows the names of linked people and finds them by name, but does not store names.</summary>
public sealed class SeparateServiceNamesTests(TwoServices app) : IClassFixture<TwoServices>
{
    [Fact]
    public async Task Every_response_shows_the_names_of_linked_people()
    {
        var staff = await app.SomeStaffAsync();
        var (person, id) = await LinkedAsync("Wilhelmina", "Quartermain");
        var tag = Guid.NewGuid().ToString("N");
        void Check(JsonElement customer)
        {
            Assert.Equal(
                (id, "Wilhelmina", "Quartermain", person.Email, "+1 555 0144", "Wilhelmina Quartermain"),
                (customer.Id(), customer.Text("first_name"), customer.Text("last_name"), customer.Text("email"), customer.Text("phone"), customer.Text("full_name")));
        }

        void CheckRecord(JsonElement customer)
        {
            Check(customer);
            Assert.Equal(("Wilhelmina Quartermain", "+15550144"), (customer.Text("name"), customer.Text("phone_e164")));
            Assert.Equal(JsonValueKind.Null, customer.GetProperty("incomplete").ValueKind);
            Assert.StartsWith("customer", customer.Text("username"), StringComparison.Ordinal);
        }

        var updated = await (await app.PutCustomerAsync(staff, id, new { city = "Zaragoza", tags = tag })).ShouldBeAsync(HttpStatusCode.OK);
        CheckRecord(updated);
        foreach (var path in new[] { id, "username/" + updated.Text("username"), "email/" + person.Email.ToUpperInvariant() })
        {
            CheckRecord(await app.ReadCustomerAsync(staff, path));
            CheckRecord(await app.ReadCustomerAsync(person, path));
        }

        foreach (var mark in new[] { "verify-email", "verify-phone", "last-login" })
        {
            CheckRecord(await (await app.Customers.SendAsync(HttpMethod.Patch, $"{Api}{id}/{mark}", staff)).ShouldBeAsync(HttpStatusCode.OK));
        }

        foreach (var list in new[] { "?limit=1000", "tags/" + tag, "location/search?city=Zaragoza" })
        {
            var customers = await (await app.Customers.SendAsync(HttpMethod.Get, Api + list, staff)).ShouldBeAsync(HttpStatusCode.OK);
            var item = customers.EnumerateArray().Single(customer => customer.Id() == id);
            Check(item);
            Assert.False(item.TryGetProperty("incomplete", out _));
        }

        CheckRecord(await (await app.Customers.SendAsync(HttpMethod.Delete, Api + id, staff)).ShouldBeAsync(HttpStatusCode.OK));
        CheckRecord(await (await app.Customers.SendAsync(HttpMethod.Post, $"{Api}{id}/restore/", staff)).ShouldBeAsync(HttpStatusCode.OK));
        CheckRecord(await (await app.Customers.SendAsync(HttpMethod.Delete, $"{Api}{id}/hard", await app.AdminAsync())).ShouldBeAsync(HttpStatusCode.OK));
    }

    [Theory]
    [InlineData("""{"query": "thistle"}""")] // The last name, anywhere in it.
    [InlineData("""{"query": "wo"}""")] // Two letters match the beginning of a word.
    [InlineData("""{"first_name": "woTAN"}""")]
    [InlineData("""{"last_name": "thistlewood", "first_name": "wotan"}""")]
    [InlineData("""{"phone": "555 0144"}""")]
    [InlineData("""{"query": "wotan", "city": "New York", "company_name": "Tech"}""")]
    [InlineData("""{"query": "tech corp", "last_name": "thistle"}""")] // One criterion matches the row, the other the account.
    public async Task A_search_finds_linked_people_by_their_account_s_names(string criteria)
    {
        var (person, id) = await LinkedAsync("Wotan", "Thistlewood");
        var found = await SearchAsync(JsonSerializer.Deserialize<JsonElement>(criteria));
        Assert.Contains(id, found.Select(CustomerIntents.Id));
        Assert.Equal("Wotan Thistlewood", found.Single(customer => customer.Id() == id).Text("full_name"));
        Assert.Equal(id, Assert.Single(await SearchAsync(new { email = person.Email })).Id());
    }

    [Fact]
    public async Task All_criteria_must_match_and_unlinked_customers_are_found_too()
    {
        var (_, id) = await LinkedAsync("Ottilie", "Brambleton");
        var request = JohnDoe();
        (request["first_name"], request["last_name"]) = ("Ottilie", "Hayforth");
        var unlinked = await app.CreateCustomerAsync(await app.SomeStaffAsync(), request);

        Assert.Equal([id, unlinked.Id()], (await SearchAsync(new { first_name = "ottilie", sort_by = "created_at", sort_order = "asc" })).Select(CustomerIntents.Id));
        Assert.Equal([unlinked.Id()], (await SearchAsync(new { query = "ottilie", last_name = "hayforth" })).Select(CustomerIntents.Id));
        Assert.Empty(await SearchAsync(new { query = "hayforth", last_name = "brambleton" }));
        Assert.Empty(await SearchAsync(new { first_name = "ottilie", city = "Nowhere" }));
        Assert.Empty(await SearchAsync(new { first_name = "john", last_name = "brambleton" })); // The name that staff had typed is deleted.
    }

    [Theory]
    [InlineData("first_name")]
    [InlineData("last_name")]
    [InlineData("email")]
    public async Task Ordering_by_names_is_refused(string order) =>
        await (await app.Customers.SendAsync(HttpMethod.Post, Api + "search", await app.SomeStaffAsync(), new { sort_by = order })).ShouldRefuseAsync("sort_by");

    [Fact]
    public async Task More_than_a_thousand_matches_are_refused()
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        await app.AccountsSqlAsync<object>(
            """
            WITH made AS (
                INSERT INTO accounts.users (id, email, normalized_email, first_name, last_name, created_at, updated_at, security_stamp)
                SELECT gen_random_uuid(), 'crowd' || n || '@tests.example', 'crowd' || n || '@tests.example', 'Crowd', 'Person', now(), now(), n::text FROM generate_series(1, 1001) n RETURNING id)
            INSERT INTO accounts.memberships (user_id, organization_id, role, since)
            SELECT made.id, m.organization_id, 'customer', now() FROM made, accounts.memberships m WHERE m.user_id = $1
            """, staff.Id);
        var refusal = await (await app.Customers.SendAsync(HttpMethod.Post, Api + "search", staff, new { first_name = "crowd" })).ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
        Assert.Contains("Narrow your search", refusal.Text("detail"), StringComparison.Ordinal);
        await (await app.Customers.SendAsync(HttpMethod.Post, Api + "search", staff, new { email = "crowd77@" })).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Unchanged_names_are_accepted_and_changed_ones_are_refused()
    {
        var staff = await app.SomeStaffAsync();
        var (person, id) = await LinkedAsync("Cornelia", "Underhill");
        var shown = await app.ReadCustomerAsync(staff, id);
        var names = new { first_name = "Cornelia", last_name = "Underhill", name = "Cornelia Underhill", email = person.Email, phone = "+1 555 0144" };
        Assert.Equal(shown.ToString(), (await (await app.PutCustomerAsync(staff, id, names)).ShouldBeAsync(HttpStatusCode.OK)).ToString());
        await (await app.PutCustomerAsync(staff, id, new { first_name = "Cordelia", city = "Boston" })).ShouldBeAsync(HttpStatusCode.BadRequest);
        // A company without a name of its own shows the person's name, and does not store it either.
        var company = await (await app.PutCustomerAsync(staff, id, new { customer_type = "company", company_name = (string?)null })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("Cornelia Underhill", company.Text("full_name"));
        var bulk = await (await app.Customers.SendAsync(HttpMethod.Post, Api + "bulk-update", staff, new { customer_ids = new[] { id }, updates = new { first_name = "Cornelia", notes = "bulk" } })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(1, bulk.GetProperty("updated").GetInt32());
        await (await app.Customers.SendAsync(HttpMethod.Post, Api + "bulk-update", staff, new { customer_ids = new[] { id }, updates = new { first_name = "Cordelia" } })).ShouldBeAsync(HttpStatusCode.BadRequest);
        await ShouldNotBeStoredAsync("Cornelia", "Underhill", person.Email);
    }

    [Fact]
    public async Task The_customers_database_has_no_name_address_or_phone_of_a_linked_person()
    {
        // Created by staff with an idempotency key, changed, linked by proof with an existing profile, read, found, changed again.
        var email = Intents.NewEmail("xavierine");
        var staff = await app.SomeStaffAsync();
        var request = JohnDoe(email);
        (request["first_name"], request["last_name"], request["phone"]) = ("Xavierine", "Blottnitz", "+1 555 867 5309");
        var waiting = await (await app.PostCustomerAsync(staff, request, ("Idempotency-Key", Guid.NewGuid().ToString()))).ShouldBeAsync(HttpStatusCode.Created);
        await (await app.PutCustomerAsync(staff, waiting.Id(), new { last_name = "Blottnitzer", phone = "+1 555 867 5310" })).ShouldBeAsync(HttpStatusCode.OK);
        await ShouldBeStoredAsync("Xavierine", "Blottnitz");
        var person = await app.RegisterAsync(email, "Xavierine", "Blottnitzer");
        await app.ChangeAccountAsync(person, new { phone_number = "+1 555 867 5311" });
        var own = await app.CreateProfileAsync(person);
        await app.ProveAsync(person);
        Assert.Equal(waiting.Id(), (await app.ReadProfileAsync(person)).Id());
        Assert.Equal(waiting.Id(), (await app.ReadCustomerAsync(staff, own.Id())).Id());
        await (await app.PatchProfileAsync(person, new { first_name = "Xavierine", city = "Boston" })).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.PutCustomerAsync(staff, waiting.Id(), new { first_name = "Xavierine", notes = "seen" })).ShouldBeAsync(HttpStatusCode.OK);
        await ShouldNotBeStoredAsync("Xavierine", "Blottnitz", "xavierine", "8675309", "867 53", "15558675");

        // A customer for an account that is already proven is linked at once: no names are stored, not even in the idempotent response.
        var proven = await app.ProvenPersonAsync(Intents.NewEmail("yggdrasine"), "Yggdrasine", "Klopstocker");
        var entered = JohnDoe(proven.Email);
        (entered["first_name"], entered["last_name"], entered["phone"]) = ("Yggdrasine", "Klopstock", "+1 555 777 5309");
        var once = ("Idempotency-Key", Guid.NewGuid().ToString());
        var made = await (await app.PostCustomerAsync(staff, entered, once)).ShouldBeAsync(HttpStatusCode.Created);
        Assert.Equal(("accounts", null), (made.GetProperty("incomplete")[0].GetString(), made.Text("first_name")));
        Assert.Equal(made.ToString(), (await (await app.PostCustomerAsync(staff, entered, once)).ShouldBeAsync(HttpStatusCode.Created)).ToString());
        Assert.Equal("Yggdrasine", (await app.ReadCustomerAsync(staff, made.Id())).Text("first_name"));
        await ShouldNotBeStoredAsync("Yggdrasine", "Klopstock", "yggdrasine", "777 5309", "15557775309");
    }

    [Fact]
    public async Task Records_merged_into_a_linked_one_are_stored_without_names()
    {
        // An offered record without an address, and an unlinked one: both are merged into the person's, without their names.
        var staff = await app.SomeStaffAsync();
        var (person, id) = await LinkedAsync("Zephyrina", "Mossgrove");
        var request = JohnDoe(person.Email);
        (request["first_name"], request["last_name"]) = ("Zephyrina", "Mossgrove-Typed");
        // Inserted by SQL, as an import leaves it: the API refuses it, because the linked record has the address.
        await (await app.PostCustomerAsync(staff, request)).ShouldBeAsync(HttpStatusCode.BadRequest);
        var typed = await app.CreateCustomerAsync(staff, new Dictionary<string, object?>(request) { ["email"] = Intents.NewEmail() });
        await app.CustomersSqlAsync<object>("UPDATE customers.customers SET email = $1, email_key = $1 WHERE customer_id = $2", person.Email, typed.Id());
        Assert.Equal(typed.Id(), (await app.ReadProfileAsync(person)).Id()); // The record that claims the address survives.
        Assert.Equal(typed.Id(), (await app.ReadCustomerAsync(staff, id)).Text("merged_into"));
        await ShouldNotBeStoredAsync("Zephyrina", "Mossgrove", person.Email);
    }

    [Fact]
    public async Task People_of_other_organizations_are_not_found()
    {
        var (person, id) = await LinkedAsync("Barnaby", "Fennimore");
        var others = await app.StaffOfNewOrganizationAsync();
        await (await app.GetCustomerAsync(others, id)).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.GetCustomerAsync(others, "email/" + person.Email)).ShouldBeAsync(HttpStatusCode.NotFound);
        var found = await (await app.Customers.SendAsync(HttpMethod.Post, Api + "search", others, new { query = "fennimore" })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(0, found.GetProperty("total").GetInt32());
        var stranger = await app.RegisterAsync();
        await (await app.GetCustomerAsync(stranger, "email/" + person.Email)).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.GetCustomerAsync(stranger, id)).ShouldBeAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_former_member_is_shown_without_a_name()
    {
        var staff = await app.SomeStaffAsync();
        var (person, id) = await LinkedAsync("Leander", "Gone");
        await app.AccountsSqlAsync<object>("DELETE FROM accounts.memberships WHERE user_id = $1", person.Id);
        var record = await app.ReadCustomerAsync(staff, id);
        Assert.Equal((null, null, null, null), (record.Text("first_name"), record.Text("full_name"), record.Text("name"), record.Text("email")));
        Assert.Equal("accounts", record.GetProperty("incomplete")[0].GetString());
    }

    private async Task<(Person Person, string CustomerId)> LinkedAsync(string firstName, string lastName)
    {
        var email = Intents.NewEmail();
        var waiting = await app.CreateCustomerAsync(await app.SomeStaffAsync(), JohnDoe(email));
        var person = await app.RegisterAsync(email, firstName, lastName);
        await app.ChangeAccountAsync(person, new { phone_number = "+1 555 0144" });
        await app.ProveAsync(person);
        Assert.Equal(waiting.Id(), (await app.ReadProfileAsync(person)).Id());
        return (person, waiting.Id());
    }

    private async Task<List<JsonElement>> SearchAsync(object criteria)
    {
        var found = await (await app.Customers.SendAsync(HttpMethod.Post, Api + "search", await app.SomeStaffAsync(), criteria)).ShouldBeAsync(HttpStatusCode.OK);
        return [.. found.GetProperty("customers").EnumerateArray()];
    }

    private async Task ShouldBeStoredAsync(params string[] texts)
    {
        var dump = await DumpAsync();
        Assert.All(texts, text => Assert.Contains(text, dump, StringComparison.OrdinalIgnoreCase));
    }

    private async Task ShouldNotBeStoredAsync(params string[] texts)
    {
        var dump = await DumpAsync();
        Assert.All(texts, text => Assert.DoesNotContain(text, dump, StringComparison.OrdinalIgnoreCase));
    }

    // Every table of the database as text; bytes (stored responses) as text too.
    private async Task<string> DumpAsync() => (await app.CustomersSqlAsync<string>(
        """
        SELECT string_agg((xpath('string(/)', query_to_xml(format('SELECT string_agg(t::text, E''\n'') FROM %I.%I t', table_schema, table_name), true, true, '')))[1]::text, E'\n')
            || coalesce((SELECT string_agg(convert_from(body, 'UTF8'), E'\n') FROM shared.idempotent_answers), '')
        FROM information_schema.tables WHERE table_schema IN ('customers', 'shared') AND table_type = 'BASE TABLE'
        """))!;
}
