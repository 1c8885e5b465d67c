using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Customers;

/// <summary>Search with real trigrams, over the same few people.</summary>
public sealed class CustomerSearchTests(OneProcess app) : IClassFixture<OneProcess>
{
    private static readonly ConditionalWeakTable<PatronApp, Task<(Person Staff, IReadOnlyList<JsonElement> Created)>> Created = [];

    private static readonly Dictionary<string, object?>[] People =
    [
        Someone("John", "Doe", "New York", "USA", "Tech Corp", "premium,tech"),
        Someone("José", "García", "Madrid", "España", null, "premium"),
        Someone("Anne-Marie", "O'Neill", "Cork", "Ireland", "100% Wool_Ltd", "vip,tech"),
        Someone("Major", "Johnson", "York", "UK", null, ""),
        Someone("ØRSTED", "Müller", "new york", "USA", "Straße & Söhne", "tech,wool"),
    ];

    [Theory]
    [InlineData("john", "John", "Major")] // Part of any name.
    [InlineData("JOHN DOE", "John")] // First and last name together.
    [InlineData("ohnso", "Major")] // From the middle.
    [InlineData("jose", "José")] // Accents are ignored in the data ...
    [InlineData("GARCÍA", "José")] // ... and in the query.
    [InlineData("muller", "ØRSTED")]
    [InlineData("söhne", "ØRSTED")]
    [InlineData("rie.o", "Anne-Marie")] // The email address.
    [InlineData("+1-555-01", "John", "José", "Anne-Marie", "Major", "ØRSTED")] // The phone as written ...
    [InlineData("1555012", "John", "José", "Anne-Marie", "Major", "ØRSTED")] // ... and as it is dialled.
    [InlineData("100%", "Anne-Marie")] // Wildcards are plain characters.
    [InlineData("%%%")]
    [InlineData("___")]
    [InlineData("wool_", "Anne-Marie")]
    [InlineData("vip")] // Not the tags.
    [InlineData("o'ne", "Anne-Marie")]
    [InlineData("'; DROP TABLE customers.customers; --")]
    [InlineData("madrid")] // Places are separate criteria.
    [InlineData("jo", "John", "José", "Major")] // One or two letters match only the beginning of a word.
    [InlineData("m", "Anne-Marie", "Major", "ØRSTED")]
    [InlineData("ma", "Anne-Marie", "Major")]
    [InlineData("ne", "Anne-Marie")]
    [InlineData("oh")]
    [InlineData("%")]
    [InlineData("_")]
    [InlineData(@"\")]
    [InlineData(@"\\\")]
    [InlineData("\uff05")] // Full-width characters fold to plain ones, which are not wildcards.
    [InlineData("\uff05\uff05\uff05")]
    [InlineData("\uff4a\uff4f\uff48\uff4e", "John", "Major")]
    [InlineData("Jose\u0301", "José")] // Accents may be combining characters ...
    [InlineData("jo\u0301", "John", "José", "Major")] // ... and do not count as letters: these are two, not three.
    [InlineData("o\u0301h\u0301")]
    [InlineData("\u0301", "John", "José", "Anne-Marie", "Major", "ØRSTED")] // A query of accents only is ignored.
    [InlineData("\u0301\u0302\u0303", "John", "José", "Anne-Marie", "Major", "ØRSTED")]
    [InlineData("   john   ", "John", "Major")]
    [InlineData("   ", "John", "José", "Anne-Marie", "Major", "ØRSTED")]
    public async Task Query_finds_customers(string query, params string[] names) => await ShouldFindAsync(new { query }, names);

    [Fact]
    public async Task Query_finds_user_names_and_customer_ids()
    {
        var staff = await app.SomeStaffAsync();
        var created = await app.CreateCustomerAsync(staff);
        foreach (var text in new[] { created.Text("username")!, created.Id(), created.Id()[5..].ToLowerInvariant() })
        {
            Assert.Equal(created.Id(), Assert.Single((await SearchAsync(staff, new { query = text })).GetProperty("customers").EnumerateArray()).Id());
        }
    }

    [Theory]
    [InlineData("""{"first_name": "jo"}""", "John", "José", "Major")]
    [InlineData("""{"first_name": "john"}""", "John")]
    [InlineData("""{"last_name": "john"}""", "Major")]
    [InlineData("""{"email": "john.doe"}""", "John")]
    [InlineData("""{"phone": "555-012"}""", "John", "José", "Anne-Marie", "Major", "ØRSTED")]
    [InlineData("""{"company_name": "strasse"}""", "ØRSTED")]
    [InlineData("""{"company_name": "soh"}""", "ØRSTED")]
    [InlineData("""{"company_name": "ll"}""")]
    [InlineData("""{"city": "York"}""", "John", "Major", "ØRSTED")]
    [InlineData("""{"city": "NEW YORK", "country": "usa"}""", "John", "ØRSTED")]
    [InlineData("""{"country": "espana"}""", "José")]
    [InlineData("""{"country": "Spain"}""", "José")]
    [InlineData("""{"country": "irel"}""", "Anne-Marie")]
    [InlineData("""{"country": "%"}""")]
    [InlineData("""{"country": "\u0301\u0301", "first_name": "\u0301\u0301\u0301", "city": "York"}""", "John", "Major", "ØRSTED")]
    [InlineData("""{"last_name": "d\u0301o\u0301e\u0301"}""", "John")]
    [InlineData("""{"tags": "tech"}""", "John", "Anne-Marie", "ØRSTED")]
    [InlineData("""{"tags": "premium, vip"}""", "John", "José", "Anne-Marie")]
    [InlineData("""{"tags": "prem"}""")]
    [InlineData("""{"query": "john", "tags": "tech", "city": "New York", "company_name": "Tech Corp", "is_active": true, "is_verified": false}""", "John")]
    [InlineData("""{"query": "john", "first_name": null, "tags": ""}""", "John", "Major")]
    [InlineData("""{"created_after": "2024-01-01T00:00:00Z"}""", "John", "José", "Anne-Marie", "Major", "ØRSTED")]
    [InlineData("""{"created_before": "2024-12-31T23:59:59Z"}""")]
    [InlineData("{}", "John", "José", "Anne-Marie", "Major", "ØRSTED")]
    public async Task All_criteria_must_match(string criteria, params string[] names) =>
        await ShouldFindAsync(JsonSerializer.Deserialize<JsonElement>(criteria), names);

    [Fact]
    public async Task Pages_have_totals_and_an_order()
    {
        var (staff, _) = await PeopleAsync();
        var first = await SearchAsync(staff, new { sort_by = "last_name", sort_order = "asc", limit = 2 });
        Assert.Equal(["Doe", "García"], first.GetProperty("customers").EnumerateArray().Select(customer => customer.Text("last_name")));
        Assert.Equal(
            """{"total":5,"page":1,"limit":2,"total_pages":3,"total_is_exact":true}""",
            JsonSerializer.Serialize(first.EnumerateObject().Where(member => member.Name != "customers").ToDictionary(member => member.Name, member => member.Value)));
        var last = await SearchAsync(staff, new { sort_by = "last_name", sort_order = "asc", limit = 2, page = 3 });
        Assert.Equal("O'Neill", Assert.Single(last.GetProperty("customers").EnumerateArray()).Text("last_name"));
        var beyond = await SearchAsync(staff, new { query = "john", page = 1_000_000, limit = 1000 });
        Assert.Equal((0, 2L), (beyond.GetProperty("customers").GetArrayLength(), beyond.GetProperty("total").GetInt64()));
    }

    [Theory]
    [InlineData("created_at", "asc", "John,José,Anne-Marie,Major,ØRSTED")]
    [InlineData("created_at", "desc", "ØRSTED,Major,Anne-Marie,José,John")]
    [InlineData("updated_at", "asc", "John,José,Anne-Marie,Major,ØRSTED")]
    [InlineData("first_name", "asc", "Anne-Marie,John,José,Major,ØRSTED")]
    [InlineData("first_name", "desc", "ØRSTED,Major,José,John,Anne-Marie")]
    [InlineData("email", "asc", "Anne-Marie,John,José,Major,ØRSTED")]
    [InlineData("username", "asc", "Anne-Marie,John,José,Major,ØRSTED")]
    [InlineData("city", "asc", "Anne-Marie,José,ØRSTED,John,Major")]
    [InlineData("country", "desc", "ØRSTED,John,Major,Anne-Marie,José")]
    [InlineData("company_name", "asc", "Anne-Marie,ØRSTED,John,José,Major")] // Empty values come last, ascending ...
    [InlineData("company_name", "desc", "John,ØRSTED,Anne-Marie,Major,José")] // ... and descending.
    [InlineData("last_login_at", "desc", "ØRSTED,Major,Anne-Marie,José,John")]
    public async Task Every_sort_order_works_for_every_search(string sortBy, string sortOrder, string names)
    {
        var (staff, _) = await PeopleAsync();
        // By criteria that need the rows, and by counted ones: two different queries.
        foreach (var body in new object[] { new { sort_by = sortBy, sort_order = sortOrder }, new { sort_by = sortBy, sort_order = sortOrder, phone = "555" } })
        {
            var found = await SearchAsync(staff, body);
            Assert.Equal(names, string.Join(',', found.GetProperty("customers").EnumerateArray().Select(customer => customer.Text("first_name"))));
        }
    }

    [Fact]
    public async Task Deleted_and_verified_customers_are_found_unless_excluded()
    {
        var (staff, created) = await CreatePeopleAsync(app);
        await (await app.Customers.SendAsync(HttpMethod.Delete, Api + created[0].Id(), staff)).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.Customers.SendAsync(HttpMethod.Patch, $"{Api}{created[1].Id()}/verify-email", staff)).ShouldBeAsync(HttpStatusCode.OK);
        foreach (var (active, verified, total) in new (bool?, bool?, int)[]
            { (null, null, 5), (true, null, 4), (false, null, 1), (null, true, 1), (null, false, 4), (true, true, 1), (false, true, 0), (true, false, 3), (false, false, 1) })
        {
            // By counters, and by matches.
            foreach (var phone in new[] { null, "555" })
            {
                var found = await SearchAsync(staff, new { phone, is_active = active, is_verified = verified });
                Assert.Equal((total, total), (found.GetProperty("total").GetInt32(), found.GetProperty("customers").GetArrayLength()));
            }
        }
    }

    [Fact]
    public async Task Total_above_a_hundred_thousand_is_marked_as_estimated()
    {
        const int Many = 100_200;
        var staff = await app.StaffOfNewOrganizationAsync();
        var first = await app.CreateCustomerAsync(staff, Someone("Crowd", "One", "Crowdtown", "USA", null, "crowd"));
        await app.CustomersSqlAsync<object>(
            """
            INSERT INTO customers.customers (uid, organization_id, customer_id, code, username, first_name, last_name, name, customer_type, claim, city, customer_group, territory,
                is_primary_contact, marketing_emails, marketing_sms, notification_preferences, tags, standing, is_blocked, is_deleted, total_services, customer_since, created_at, updated_at, version)
            SELECT gen_random_uuid(), organization_id, 'CUST_' || upper(lpad(to_hex(n), 8, '0')), 'CUST-' || (100000 + n), 'crowd' || n, first_name, 'No' || n, 'Crowd ' || n, customer_type, 'unclaimed', city,
                customer_group, territory, false, true, false, '{}', tags, standing, false, false, 0, created_at, created_at + n * interval '1 second', updated_at, 1
            FROM customers.customers, generate_series(2, $2) n WHERE customer_id = $1
            """, first.Id(), Many);
        await app.CustomersSqlAsync<object>("ANALYZE customers.customers");

        // By word, part, tag and place: each is searched up to the limit, then read in order.
        foreach (var criteria in new object[] { new { query = "cr" }, new { query = "crowd" }, new { tags = "crowd" }, new { city = "crowdtown" } })
        {
            var body = JsonSerializer.SerializeToNode(criteria)!.AsObject();
            (body["sort_order"], body["limit"], body["page"]) = ("asc", 3, 2);
            var found = await SearchAsync(staff, body);
            Assert.Equal(["No4", "No5", "No6"], found.GetProperty("customers").EnumerateArray().Select(customer => customer.Text("last_name")));
            Assert.False(found.GetProperty("total_is_exact").GetBoolean());
            Assert.InRange(found.GetProperty("total").GetInt64(), 100_001, 2 * Many);
        }

        // Totals from counters are exact.
        var all = await SearchAsync(staff, new { is_active = true, limit = 1 });
        Assert.Equal((Many, true), (all.GetProperty("total").GetInt32(), all.GetProperty("total_is_exact").GetBoolean()));
        var list = await app.Customers.SendAsync(HttpMethod.Get, $"{Api}tags/crowd?skip=100000&limit=1000", staff);
        Assert.Equal(200, (await list.ShouldBeAsync(HttpStatusCode.OK)).GetArrayLength());
        Assert.Equal("false", list.Headers.GetValues("X-Total-Is-Exact").Single());
        var deep = await app.Customers.SendAsync(HttpMethod.Get, $"{Api}?skip=100198&limit=1000", staff);
        Assert.Equal(["No100199", "No100200"], (await deep.ShouldBeAsync(HttpStatusCode.OK)).EnumerateArray().Select(customer => customer.Text("last_name")));
    }

    [Theory]
    [InlineData("""{"sort_by": "password"}""", "sort_by")]
    [InlineData("""{"sort_by": 1}""", "sort_by")]
    [InlineData("""{"sort_order": "up"}""", "sort_order")]
    [InlineData("""{"page": 0}""", "page")]
    [InlineData("""{"page": "first"}""", "page")]
    [InlineData("""{"limit": 0}""", "limit")]
    [InlineData("""{"limit": 1001}""", "limit")]
    [InlineData("""{"created_after": "2025-01-02T00:00:00Z", "created_before": "2025-01-01T00:00:00Z"}""", "created_after")]
    [InlineData("""{"created_after": "yesterday"}""", "created_after")]
    [InlineData("""{"query": ["john"]}""", "query")]
    [InlineData("""{"is_active": "yes"}""", "is_active")]
    [InlineData("""{"query": "a\nb"}""", "query")]
    [InlineData("""{"page": 0, "limit": 0}""", "page", "limit")]
    public async Task Invalid_search_is_refused_by_field_name(string body, params string[] fields) =>
        await (await app.Customers.SendAsync(HttpMethod.Post, Api + "search", await app.SomeStaffAsync(), Raw(body))).ShouldRefuseAsync(fields);

    [Fact]
    public async Task Too_long_query_and_unknown_order_are_refused()
    {
        var staff = await app.SomeStaffAsync();
        await (await app.Customers.SendAsync(HttpMethod.Post, Api + "search", staff, new { query = new string('a', 10_000) })).ShouldRefuseAsync("query");
        var problem = await (await app.Customers.SendAsync(HttpMethod.Post, Api + "search", staff, new { sort_by = "name" })).ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
        Assert.Contains("last_login_at", problem.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Customers_of_other_organizations_are_never_found()
    {
        var (_, created) = await PeopleAsync();
        var otherPerson = await app.StaffOfNewOrganizationAsync();
        Assert.Equal(0, (await SearchAsync(otherPerson, new { query = created[0].Id() })).GetProperty("total").GetInt32());
        await (await app.Customers.SendAsync(HttpMethod.Post, Api + "search", await app.RegisterAsync(), new { query = "john" })).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.Customers.SendAsync(HttpMethod.Post, Api + "search", null, new { query = "john" })).ShouldBeAsync(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("tags/tech", "John", "Anne-Marie", "ØRSTED")]
    [InlineData("tags/premium,vip", "John", "José", "Anne-Marie")]
    [InlineData("tags/premium,tech?match=all", "John")]
    [InlineData("tags/premium,tech?match=any", "John", "José", "Anne-Marie", "ØRSTED")]
    [InlineData("tags/nothing")]
    [InlineData("tags/%25")]
    [InlineData("location/search?city=New%20York&country=USA", "John", "ØRSTED")]
    [InlineData("location/search?city=york", "Major")]
    [InlineData("location/search?country=ESPAÑA", "José")]
    [InlineData("location/search?country=es", "José")]
    [InlineData("location/search?country=Spanien", "José")]
    [InlineData("location/search?state=NY", "John", "José", "Anne-Marie", "Major", "ØRSTED")]
    [InlineData("location/search?city=Nowhere")]
    public async Task Lists_by_tags_and_places_have_totals_and_next_pages(string path, params string[] names)
    {
        var (staff, _) = await PeopleAsync();
        var seen = new List<string?>();
        for (var next = $"{Api}{path}{(path.Contains('?') ? '&' : '?')}limit=2"; next is not null;)
        {
            var response = await app.Customers.SendAsync(HttpMethod.Get, next, staff);
            var page = await response.ShouldBeAsync(HttpStatusCode.OK);
            Assert.Equal(names.Length.ToString(), response.Headers.GetValues("X-Total-Count").Single());
            seen.AddRange(page.EnumerateArray().Select(customer => customer.Text("first_name")));
            next = response.Headers.TryGetValues("Link", out var link) ? link.Single().Split('<', '>')[1] : null;
        }

        Assert.Equal(names, seen);
    }

    [Theory]
    [InlineData("available/countries", "Ireland", "Spain", "United Kingdom", "USA")]
    [InlineData("available/cities", "Cork", "Madrid", "new york", "New York", "York")]
    [InlineData("available/cities?country=usa", "new york", "New York")]
    [InlineData("available/cities?country=%20USA%20", "new york", "New York")]
    [InlineData("available/cities?country=", "Cork", "Madrid", "new york", "New York", "York")]
    [InlineData("available/cities?country=%CC%81", "Cork", "Madrid", "new york", "New York", "York")]
    [InlineData("available/cities?country=Nowhere")]
    [InlineData("available/states?country=UK", "NY")]
    [InlineData("available/states?country=Vereinigtes%20K%C3%B6nigreich", "NY")]
    [InlineData("available/cities?skip=1&limit=2", "Madrid", "new york")]
    public async Task Places_are_those_of_customers(string path, params string[] names)
    {
        var (staff, _) = await PeopleAsync();
        var places = await (await app.Customers.SendAsync(HttpMethod.Get, Api + path, staff)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(names, places.EnumerateArray().Select(place => place.GetString()));
    }

    [Theory]
    [InlineData("tags/x?match=none", "match")]
    [InlineData("tags/x?limit=0", "limit")]
    [InlineData("tags/,", "tags")]
    [InlineData("tags/%20", "tags")]
    [InlineData("location/search?city=x&skip=-1", "skip")]
    [InlineData("available/cities?limit=1001", "limit")]
    [InlineData("available/countries?skip=-1", "skip")]
    public async Task Invalid_list_is_refused_by_field_name(string path, string field) =>
        await (await app.Customers.SendAsync(HttpMethod.Get, Api + path, await app.SomeStaffAsync())).ShouldRefuseAsync(field);

    private static Dictionary<string, object?> Someone(string first, string last, string city, string country, string? company, string tags) =>
        new(JohnDoe(), StringComparer.Ordinal)
        {
            ["first_name"] = first, ["last_name"] = last, ["city"] = city, ["country"] = country, ["company_name"] = company, ["tags"] = tags,
            ["email"] = $"{first}.{last}@search.example".Replace("'", "", StringComparison.Ordinal), ["phone"] = "+1-555-0123",
        };

    private async Task ShouldFindAsync(object search, string[] names)
    {
        var (staff, _) = await PeopleAsync();
        var answer = await SearchAsync(staff, search);
        // Newest first: the reverse of the order of creation.
        Assert.Equal(names.Reverse(), answer.GetProperty("customers").EnumerateArray().Select(customer => customer.Text("first_name")));
        Assert.Equal((names.Length, true), (answer.GetProperty("total").GetInt32(), answer.GetProperty("total_is_exact").GetBoolean()));
    }

    private async Task<JsonElement> SearchAsync(Person who, object search) =>
        await (await app.Customers.SendAsync(HttpMethod.Post, Api + "search", who, search)).ShouldBeAsync(HttpStatusCode.OK);

    private Task<(Person Staff, IReadOnlyList<JsonElement> Created)> PeopleAsync() => Created.GetValue(app, CreatePeopleAsync);

    private static async Task<(Person Staff, IReadOnlyList<JsonElement> Created)> CreatePeopleAsync(PatronApp app)
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        var created = new List<JsonElement>();
        foreach (var person in People)
        {
            created.Add(await app.CreateCustomerAsync(staff, person));
        }

        return (staff, created);
    }
}
