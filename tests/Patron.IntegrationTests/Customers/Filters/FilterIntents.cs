using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Customers.Filters;

/// <summary>A few people in an organization of their own, and requests about them.</summary>
internal static class FilterIntents
{
    public const string Segments = "/api/v1/segments/";

    private static readonly ConditionalWeakTable<PatronApp, Task<Person>> Created = [];

    private static readonly Dictionary<string, object?>[] People =
    [
        Someone("Łukasz", "Nowak", "Kraków", "Poland", "+48 12 345 67 89", "premium,VIP"),
        Someone("Ann", "O'Brien", "New York", "USA", "(212) 555-0142", "premium,old"),
        Someone("Tendai", "Moyo", "Harare", "Zimbabwe", "+263 4 700 123", ""),
        Someone("Jean-Luc", "Dubois", "York", "UK", null, "old"),
        Someone("Wholesale", "Buyer", "Harare", "Simbabwe", "+263 4 700 999", "vip"),
    ];

    // What only the database or other modules write.
    private static readonly string[] Changes =
    [
        "company_name = 'Acme & Sons', customer_type = 'company', customer_group = 'Wholesale', reference = 'R-4711' WHERE first_name = 'Wholesale'",
        "territory = 'North', language = 'pl-PL', created_at = '2024-02-29T12:00:00Z' WHERE first_name = 'Łukasz'",
        "language = 'pl' WHERE first_name = 'Ann'",
        "last_login_at = now() - interval '3 days' WHERE first_name = 'Ann'",
        "last_login_at = now() - interval '90 days', notes = NULL WHERE first_name = 'Tendai'",
        "erp_source = 'odoo', erp_id = '987654321' WHERE first_name = 'Tendai'",
        "user_id = gen_random_uuid(), link_evidence = 'staff', linked_at = now() WHERE first_name = 'Ann'",
        "is_deleted = true, deleted_at = now() WHERE first_name = 'Jean-Luc'",
        "email_verified_at = now() WHERE first_name = 'Łukasz'",
    ];

    /// <summary>The vendor of their organization.</summary>
    public static Task<Person> StaffOfPeopleAsync(this PatronApp app) => Created.GetValue(app, CreateAsync);

    public static Task<HttpResponseMessage> FindAsync(this PatronApp app, Person? who, string filter, string more = "") =>
        app.Customers.SendAsync(HttpMethod.Get, $"{Api}find?filter={Uri.EscapeDataString(filter)}{more}", who);

    /// <summary>The first names of those found, in their order.</summary>
    public static async Task<string[]> NamesAsync(this Task<HttpResponseMessage> answer) =>
        [.. (await (await answer).ShouldBeAsync(HttpStatusCode.OK)).EnumerateArray().Select(customer => customer.Text("first_name")!)];

    public static Task<HttpResponseMessage> PostSegmentAsync(
        this PatronApp app, Person? who, string? name, string? filter, bool isPrivate = false, params (string Name, string Value)[] headers) =>
        app.Customers.SendAsync(HttpMethod.Post, Segments, who, new { name, filter, is_private = isPrivate }, headers);

    public static async Task<JsonElement> CreateSegmentAsync(this PatronApp app, Person who, string name, string filter, bool isPrivate = false) =>
        await (await app.PostSegmentAsync(who, name, filter, isPrivate)).ShouldBeAsync(HttpStatusCode.Created);

    public static Guid SegmentId(this JsonElement segment) => segment.GetProperty("id").GetGuid();

    private static async Task<Person> CreateAsync(PatronApp app)
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        foreach (var person in People)
        {
            await app.CreateCustomerAsync(staff, person);
        }

        foreach (var change in Changes)
        {
            await app.CustomersSqlAsync<object>(
                $"UPDATE customers.customers SET {change} AND organization_id = (SELECT organization_id FROM customers.customers WHERE first_name = 'Wholesale')");
        }

        return staff;
    }

    private static Dictionary<string, object?> Someone(string first, string last, string city, string country, string? phone, string tags) =>
        new(JohnDoe(), StringComparer.Ordinal)
        {
            ["first_name"] = first, ["last_name"] = last, ["city"] = city, ["country"] = country, ["phone"] = phone, ["tags"] = tags,
            ["state"] = null, ["company_name"] = null, ["email"] = $"{first}.{city}@{country}.example".Replace(" ", "", StringComparison.Ordinal),
        };
}
