using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;
using static Patron.IntegrationTests.Crm.CrmIntents;

namespace Patron.IntegrationTests.Crm;

/// <summary>Customers in the crm dialect (source 2): lists, changes and deletes.</summary>
public sealed class CrmCustomerTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const string Orderings =
        "id code name phone customer_type status created_at updated_at first_name last_name email username city country company_name last_login_at";

    [Fact]
    public async Task List_is_filtered_searched_and_counted()
    {
        var (vendor, _, organization) = await CompanyAsync();

        Assert.Equal(["Acme Ltd", "Ada Lovelace", "Bob", "Cleo"], await NamesAsync(vendor, ""));
        Assert.Equal(["Acme Ltd"], await NamesAsync(vendor, "customer_type=company"));
        Assert.Equal(["Ada Lovelace", "Bob", "Cleo"], await NamesAsync(vendor, "customer_type=individual"));
        Assert.Equal(["Bob"], await NamesAsync(vendor, "status=prospect"));
        Assert.Equal(["Cleo"], await NamesAsync(vendor, "status=blocked"));
        Assert.Empty(await NamesAsync(vendor, "status=inactive"));
        Assert.Equal(["Ada Lovelace"], await NamesAsync(vendor, "search=lovel"));
        Assert.Equal(["Acme Ltd", "Ada Lovelace"], await NamesAsync(vendor, "search=a&status=active"));
        foreach (var empty in new[] { "search=", "status=", "customer_type=", "organization=", "ordering=" })
        {
            Assert.Equal(4, (await NamesAsync(vendor, empty)).Count);
        }

        foreach (var named in new[] { $"{organization.Number()}", organization.GetProperty("uuid").GetString(), organization.GetProperty("uuid").GetString()!.ToUpperInvariant() })
        {
            Assert.Equal(4, (await NamesAsync(vendor, $"organization={named}")).Count);
        }

        var page = await (await app.ReadAsync(vendor, $"{CrmIntents.Customers}?page=2&page_size=3&ordering=-id")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(["count", "next", "previous", "results"], page.Fields());
        Assert.Equal((4, JsonValueKind.Null), (page.GetProperty("count").GetInt32(), page.GetProperty("next").ValueKind));
        Assert.Equal(new Uri(app.Accounts.Address, $"{CrmIntents.Customers}?ordering=-id&page_size=3").AbsoluteUri, page.Text("previous"));
        Assert.Equal("Acme Ltd", Assert.Single(page.GetProperty("results").EnumerateArray()).Text("name"));
    }

    [Fact]
    public async Task An_unchanged_answer_can_be_sent_back()
    {
        var staff = await app.SomeStaffAsync();
        var person = await app.RegisterProvenAsync();
        var customer = await (await app.PostCrmAsync(staff, new { user_id = person.Id, name = "Typed" })).ShouldBeAsync(HttpStatusCode.Created);
        Assert.Equal("linked", customer.Text("link_status"));
        var after = await (await app.ChangeAsync(staff, $"{CrmIntents.Customers}{customer.Number()}/", CustomerIntents.Raw(customer.ToString()))).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(customer.ToString(), after.ToString());
    }

    [Fact]
    public async Task Every_ordering_works_in_both_directions_and_returns_all_rows()
    {
        var (vendor, _, _) = await CompanyAsync();
        foreach (var word in Orderings.Split(' '))
        {
            var (up, down) = (await NamesAsync(vendor, $"ordering={word}"), await NamesAsync(vendor, $"ordering=-{word}"));
            Assert.Equal(["Acme Ltd", "Ada Lovelace", "Bob", "Cleo"], up.Order(StringComparer.Ordinal));
            Assert.Equal(["Acme Ltd", "Ada Lovelace", "Bob", "Cleo"], down.Order(StringComparer.Ordinal));
            Assert.True(word is "phone" or "city" or "country" or "company_name" || up.SequenceEqual(Enumerable.Reverse(down)), $"{word}: {string.Join(',', up)} and {string.Join(',', down)}");
        }

        Assert.Equal(["Acme Ltd", "Ada Lovelace", "Bob", "Cleo"], await NamesAsync(vendor, "ordering=name"));
        Assert.Equal(["Bob", "Ada Lovelace", "Acme Ltd", "Cleo"], await NamesAsync(vendor, "ordering=city")); // Empty values come last.
        Assert.Equal(["Acme Ltd", "Ada Lovelace", "Bob", "Cleo"], await NamesAsync(vendor, "ordering=-city"));
    }

    [Theory]
    [InlineData("ordering=nothing", "ordering")]
    [InlineData("ordering=--id", "ordering")]
    [InlineData("ordering=id;drop", "ordering")]
    [InlineData("ordering=-", "ordering")]
    [InlineData("status=gone", "status")]
    [InlineData("status=1", "status")]
    [InlineData("customer_type=robot", "customer_type")]
    [InlineData("status=gone&customer_type=robot", "status", "customer_type")]
    [InlineData("page=0", "page")]
    [InlineData("page_size=1001", "page_size")]
    public async Task Unknown_filter_values_are_422_with_their_field(string query, params string[] fields) =>
        await (await app.ReadAsync(await app.SomeStaffAsync(), $"{CrmIntents.Customers}?{query}")).ShouldBeInvalidAsync(fields);

    [Theory]
    [InlineData("organization=999999999")]
    [InlineData("organization=-1")]
    [InlineData("organization=nobody")]
    [InlineData("organization=00000000-0000-0000-0000-000000000000")]
    [InlineData("page=999")]
    public async Task Unknown_records_are_404(string query) =>
        await (await app.ReadAsync(await app.SomeStaffAsync(), $"{CrmIntents.Customers}?{query}")).ShouldBeAsync(HttpStatusCode.NotFound);

    [Fact]
    public async Task Delete_is_soft_hides_from_lists_and_can_be_undone()
    {
        var (vendor, customers, _) = await CompanyAsync();
        var path = $"{CrmIntents.Customers}{customers["Bob"].Number()}/";

        Assert.Equal(HttpStatusCode.NoContent, (await app.Accounts.SendAsync(HttpMethod.Delete, path, vendor)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await app.Accounts.SendAsync(HttpMethod.Delete, path, vendor)).StatusCode);

        Assert.Equal(["Acme Ltd", "Ada Lovelace", "Cleo"], await NamesAsync(vendor, ""));
        Assert.Equal("inactive", (await app.ReadCrmAsync(vendor, customers["Bob"])).Text("status"));
        await (await app.Customers.SendAsync(HttpMethod.Post, $"{CustomerIntents.Api}{customers["Bob"].Text("uid")}/restore/", vendor)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(4, (await NamesAsync(vendor, "")).Count);
        await (await app.ReadAsync(vendor, $"{CrmIntents.Customers}999999999/")).ShouldBeAsync(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    public async Task Update_is_partial_and_returns_the_record(string method)
    {
        var (vendor, customers, _) = await CompanyAsync();
        var ada = customers["Ada Lovelace"];
        var path = $"{CrmIntents.Customers}{ada.Number()}/";

        var changed = await (await app.Accounts.SendAsync(
            new HttpMethod(method), path, vendor,
            new { phone = "+1-555-0199", city = (string?)null, status = "prospect", id = 7, code = "MINE", user = 1, organization = 1, user_id = 1, unknown = new { } })).ShouldBeAsync(HttpStatusCode.OK);

        Assert.Equal(
            (ada.Number(), ada.Text("code"), "+1-555-0199", null, "prospect", "Ada", ada.Text("email")),
            (changed.Number(), changed.Text("code"), changed.Text("phone"), changed.Text("city"), changed.Text("status"), changed.Text("first_name"), changed.Text("email")));
        Assert.Equal((ada.GetProperty("organization").GetInt64(), JsonValueKind.Null), (changed.GetProperty("organization").GetInt64(), changed.GetProperty("user").ValueKind));
        Assert.Equal(changed.GetRawText(), (await app.ReadCrmAsync(vendor, ada)).GetRawText());
        await (await app.Accounts.SendAsync(new HttpMethod(method), path, vendor, new { email = "nobody", phone = "call me" })).ShouldBeInvalidAsync("email", "phone");
        await (await app.Accounts.SendAsync(new HttpMethod(method), path, vendor, new { status = "gone" })).ShouldBeInvalidAsync("status");
        await (await app.Accounts.SendAsync(new HttpMethod(method), path, vendor, new { name = "", first_name = "", last_name = "" })).ShouldBeInvalidAsync("name");
        await (await app.Accounts.SendAsync(new HttpMethod(method), path, vendor, new { email = customers["Bob"].Text("email"), city = "Rome" })).ShouldBeAsync(HttpStatusCode.BadRequest);
        Assert.Equal(changed.GetRawText(), (await app.ReadCrmAsync(vendor, ada)).GetRawText());
    }

    [Theory]
    [InlineData("first_name")]
    [InlineData("last_name")]
    [InlineData("name")]
    [InlineData("email")]
    [InlineData("phone")]
    public async Task Change_of_an_account_owned_field_is_refused_as_a_whole(string field)
    {
        var (vendor, business) = await app.SignUpBusinessAsync();
        var record = business.GetProperty("customer");
        var body = new Dictionary<string, object?>(StringComparer.Ordinal) { [field] = field == "phone" ? "+1 555 0123" : "new@tests.example", ["city"] = "Oslo" };
        var refused = await (await app.ChangeAsync(vendor, $"{CrmIntents.Customers}{record.Number()}/", body)).ShouldBeAsync(HttpStatusCode.BadRequest);
        Assert.Contains("/api/auth/profile/update/", refused.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(record.GetRawText(), (await app.ReadCrmAsync(vendor, record)).GetRawText());
        // The same value is not a change, because clients send back what they have read.
        await (await app.ChangeAsync(vendor, $"{CrmIntents.Customers}{record.Number()}/", record)).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Stale_version_is_refused()
    {
        var (vendor, customers, _) = await CompanyAsync();
        var path = $"{CrmIntents.Customers}{customers["Cleo"].Number()}/";
        var tag = (await app.ReadAsync(vendor, path)).Headers.ETag!.ToString();

        var changed = await app.ChangeAsync(vendor, path, new { city = "Oslo" }, ("If-Match", "W/" + tag));

        await changed.ShouldBeAsync(HttpStatusCode.OK);
        Assert.NotEqual(tag, changed.Headers.ETag!.ToString());
        await (await app.ChangeAsync(vendor, path, new { city = "Rome" }, ("If-Match", tag))).ShouldBeAsync(HttpStatusCode.PreconditionFailed);
        await (await app.Accounts.SendAsync(HttpMethod.Delete, path, vendor, null, ("If-Match", tag))).ShouldBeAsync(HttpStatusCode.PreconditionFailed);
        Assert.Equal(HttpStatusCode.NoContent, (await app.Accounts.SendAsync(HttpMethod.Delete, path, vendor, null, ("If-Match", changed.Headers.ETag.ToString()))).StatusCode);
    }

    [Fact]
    public async Task Repeated_create_with_the_same_key_creates_one_customer()
    {
        var (vendor, _) = await app.ProvenBusinessAsync();
        var person = await app.RegisterAsync();
        foreach (var (key, body) in new (string, object)[] { ("standalone", new { name = "Once" }), ("offered", new { user_id = person.Id, name = "Once too" }) })
        {
            var answers = await AccountCalls.ConcurrentlyAsync(10, _ => app.PostCrmAsync(vendor, body, ("Idempotency-Key", key)));
            Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.Conflict, $"{answer.StatusCode}"));
            var again = await (await app.PostCrmAsync(vendor, body, ("Idempotency-Key", key))).ShouldBeAsync(HttpStatusCode.Created);
            Assert.Single(await app.RowsAsync(vendor, CrmIntents.Customers), row => row.Number() == again.Number());
            await (await app.PostCrmAsync(vendor, new { name = "Another" }, ("Idempotency-Key", key))).ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
        }

        Assert.Equal(3, (await app.RowsAsync(vendor, CrmIntents.Customers)).Count);
        Assert.Single(await app.OffersAsync(person));
    }

    [Fact]
    public async Task Number_of_a_merged_record_reads_changes_and_deletes_the_surviving_one()
    {
        var email = Intents.NewEmail();
        var staff = await app.SomeStaffAsync();
        var (person, made) = await app.SignUpAsync(email);
        var waiting = await app.CreateCustomerAsync(staff, CustomerIntents.JohnDoe(email));
        await LinkingIntents.ProveAsync(app, person);
        foreach (var name in new[] { $"{made.Id}", made.CustomerId, made.AccountNumber, $"{made.Uid}" })
        {
            foreach (var reader in new[] { staff, person })
            {
                var answer = await (await app.ReadAsync(reader, $"{CrmIntents.Customers}{name}/")).ShouldBeAsync(HttpStatusCode.OK);
                Assert.Equal((waiting.GetProperty("uid").GetGuid(), waiting.Id()), (answer.GetProperty("uid").GetGuid(), answer.Text("merged_into")));
            }
        }

        var changed = await (await app.ChangeAsync(staff, $"{CrmIntents.Customers}{made.Id}/", new { city = "By its old number" })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(waiting.GetProperty("uid").GetGuid(), changed.GetProperty("uid").GetGuid());
        Assert.Equal(HttpStatusCode.NoContent, (await app.Accounts.SendAsync(HttpMethod.Delete, $"{CrmIntents.Customers}{made.Id}/", staff)).StatusCode);
        Assert.Equal("inactive", (await app.ReadCrmAsync(staff, changed)).Text("status"));
    }

    [Theory]
    [InlineData("organization", "{}")]
    [InlineData("organization", "[]")]
    [InlineData("organization", "true")]
    [InlineData("organization", "1.5")]
    [InlineData("organization", "1e400")]
    [InlineData("organization", "99999999999999999999")]
    [InlineData("organization", "\"\"")]
    [InlineData("user_id", "{}")]
    [InlineData("user_id", "[5]")]
    [InlineData("user_id", "false")]
    [InlineData("user_id", "-1e400")]
    [InlineData("user_id", "1e400")]
    [InlineData("user_id", "\"\"")]
    [InlineData("name", "7")]
    [InlineData("customer_type", "\"robot\"")]
    [InlineData("status", "{}")]
    public async Task Field_of_the_wrong_type_is_422(string field, string value) =>
        await (await app.PostCrmAsync(await app.SomeStaffAsync(), AccountCalls.Raw($$"""{"name": "X", "{{field}}": {{value}}}"""))).ShouldBeAsync(HttpStatusCode.UnprocessableEntity);

    [Theory]
    [InlineData("organization", "-1")]
    [InlineData("organization", "9223372036854775807")]
    [InlineData("organization", "\"a\\u0000b\"")]
    [InlineData("organization", "\"' OR 1=1;--\"")]
    [InlineData("user_id", "-9223372036854775808")]
    [InlineData("user_id", "\"a\\u0000b\"")]
    [InlineData("user_id", "\" \"")]
    public async Task Unknown_number_is_404(string field, string value) =>
        await (await app.PostCrmAsync(await app.SomeStaffAsync(), AccountCalls.Raw($$"""{"name": "X", "{{field}}": {{value}}}"""))).ShouldBeAsync(HttpStatusCode.NotFound);

    [Fact]
    public async Task Huge_bodies_and_malicious_texts_get_an_error_with_a_sentence()
    {
        var staff = await app.SomeStaffAsync();
        await (await app.PostCrmAsync(staff, new { name = new string('x', 2_000_000) })).ShouldBeAsync(HttpStatusCode.RequestEntityTooLarge);
        await (await app.Accounts.SendAsync(HttpMethod.Post, Users, null, new { organization_name = new string('x', 2_000_000) })).ShouldBeAsync(HttpStatusCode.RequestEntityTooLarge);
        await (await app.PostCrmAsync(staff, new { name = new string('x', 256) })).ShouldBeInvalidAsync("name");
        await (await app.PostCrmAsync(staff, new { name = "X", city = "c\0d" })).ShouldBeInvalidAsync("city");
        const string Script = "<script>alert('1')</script>'; DROP TABLE customers.customers; --%_\\";
        var made = await (await app.PostCrmAsync(staff, new { name = Script })).ShouldBeAsync(HttpStatusCode.Created);
        Assert.Equal(Script, Assert.Single(await app.RowsAsync(staff, $"{CrmIntents.Customers}?search={Uri.EscapeDataString("; DROP TABLE")}")).Text("name"));
        Assert.Equal(made.GetRawText(), (await app.ReadCrmAsync(staff, made)).GetRawText());
    }

    private async Task<IReadOnlyList<string>> NamesAsync(Person who, string query)
    {
        var page = await (await app.ReadAsync(who, $"{CrmIntents.Customers}?{query}")).ShouldBeAsync(HttpStatusCode.OK);
        var names = page.GetProperty("results").EnumerateArray().Select(row => row.Text("name")!).ToList();
        Assert.Equal(names.Count, page.GetProperty("count").GetInt32());
        return names;
    }

    // An organization with four customers, created in an order that differs from every column's order.
    private async Task<(Person Vendor, IReadOnlyDictionary<string, JsonElement> Customers, JsonElement Organization)> CompanyAsync()
    {
        var vendor = await app.StaffOfNewOrganizationAsync();
        object[] bodies =
        [
            new { name = "Acme Ltd", customer_type = "company", email = Intents.NewEmail("d"), city = "Zagreb", country = "Croatia", phone = "+1 555 0001" },
            new { first_name = "Ada", last_name = "Lovelace", email = Intents.NewEmail("c"), city = "London", country = "UK" },
            new { first_name = "Bob", email = Intents.NewEmail("b"), status = "prospect", city = "Bergen" },
            new { name = "Cleo", email = Intents.NewEmail("a"), status = "blocked" },
        ];
        var customers = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var body in bodies)
        {
            var made = await (await app.PostCrmAsync(vendor, body)).ShouldBeAsync(HttpStatusCode.Created);
            customers[made.Text("name")!] = made;
        }

        return (vendor, customers, Assert.Single(await app.RowsAsync(vendor, Organizations)));
    }
}
