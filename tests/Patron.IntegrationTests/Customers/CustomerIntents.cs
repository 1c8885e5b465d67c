using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;

namespace Patron.IntegrationTests.Customers;

/// <summary>Requests and assertions about customers, for tests.</summary>
internal static class CustomerIntents
{
    public const string Api = "/api/v1/customers/";

    private static readonly ConditionalWeakTable<PatronApp, Task<Person>> Staff = [];

    /// <summary>A staff member of the home organization, signed in once for all tests of a class.</summary>
    public static Task<Person> SomeStaffAsync(this PatronApp app) => Staff.GetValue(app, key => key.StaffAsync());

    /// <summary>
    /// The vendor of a new, empty organization. A member of one organization acts only there; registering makes a person a member of home.
    /// </summary>
    public static async Task<Person> StaffOfNewOrganizationAsync(this PatronApp app)
    {
        var person = await app.RegisterAsync();
        await app.AccountsSqlAsync<object>("DELETE FROM accounts.memberships WHERE user_id = $1", person.Id);
        await app.MakeMemberAsync(person.Email, OrganizationRole.Vendor, await app.OrganizationAsync());
        return await app.SignInAsync(person.Email);
    }

    /// <summary>The request of source 5, with a new address each time.</summary>
    public static Dictionary<string, object?> JohnDoe(string? email = null) => new(StringComparer.Ordinal)
    {
        ["first_name"] = "John", ["last_name"] = "Doe", ["email"] = email ?? Intents.NewEmail("john.doe"), ["phone"] = "+1-555-0123",
        ["address_line1"] = "123 Main Street", ["city"] = "New York", ["state"] = "NY", ["postal_code"] = "10001", ["country"] = "USA",
        ["date_of_birth"] = "1990-01-15T00:00:00", ["gender"] = "male", ["company_name"] = "Tech Corp",
        ["marketing_emails"] = true, ["marketing_sms"] = false, ["notes"] = "Premium customer", ["tags"] = "premium,tech,new-york",
    };

    public static Task<HttpResponseMessage> PostCustomerAsync(this PatronApp app, Person who, object body, params (string Name, string Value)[] headers) =>
        app.Customers.SendAsync(HttpMethod.Post, Api, who, body, headers);

    public static async Task<JsonElement> CreateCustomerAsync(this PatronApp app, Person who, object? body = null) =>
        await (await app.PostCustomerAsync(who, body ?? JohnDoe())).ShouldBeAsync(HttpStatusCode.Created);

    public static Task<HttpResponseMessage> GetCustomerAsync(this PatronApp app, Person who, string id) => app.Customers.SendAsync(HttpMethod.Get, Api + id, who);

    public static async Task<JsonElement> ReadCustomerAsync(this PatronApp app, Person who, string id) =>
        await (await app.GetCustomerAsync(who, id)).ShouldBeAsync(HttpStatusCode.OK);

    public static Task<HttpResponseMessage> PutCustomerAsync(this PatronApp app, Person who, string id, object body, params (string Name, string Value)[] headers) =>
        app.Customers.SendAsync(HttpMethod.Put, Api + id, who, body, headers);

    public static Task<HttpResponseMessage> ListAddressesAsync(this PatronApp app, Person who, string id) =>
        app.Customers.SendAsync(HttpMethod.Get, $"{Api}{id}/addresses/", who);

    public static Task<HttpResponseMessage> AddAddressAsync(this PatronApp app, Person who, string id, object body, params (string Name, string Value)[] headers) =>
        app.Customers.SendAsync(HttpMethod.Post, $"{Api}{id}/addresses/", who, body, headers);

    /// <summary>Links a record to an account, as staff do. A separate customers service stores nothing that the account owns.</summary>
    public static Task LinkAsync(this PatronApp app, JsonElement customer, Person person)
    {
        var forgotten = app.Accounts == app.Customers ? "" : """
            , username = 'customer' || id, first_name = '', last_name = '', name = '', email = NULL, email_key = NULL, claim = 'unclaimed', phone = NULL, phone_e164 = NULL
            """;
        return app.CustomersSqlAsync<object>(
            $"UPDATE customers.customers SET user_id = $1, link_evidence = 'staff', linked_at = now(){forgotten} WHERE customer_id = $2", person.Id, customer.Id());
    }

    /// <summary>The record's audit entries, oldest first.</summary>
    public static async Task<IReadOnlyList<(string Action, string? Before, string? After)>> TraceAsync(this PatronApp app, JsonElement customer)
    {
        var json = await app.CustomersSqlAsync<string>(
            "SELECT json_agg(json_build_array(action, before::text, after::text) ORDER BY id)::text FROM shared.audit_entries WHERE subject_id = $1", customer.GetProperty("uid").GetGuid());
        return [.. JsonDocument.Parse(json!).RootElement.EnumerateArray().Select(entry => (entry[0].GetString()!, entry[1].GetString(), entry[2].GetString()))];
    }

    public static string Id(this JsonElement customer) => customer.GetProperty("customer_id").GetString()!;

    public static string? Text(this JsonElement json, string name) => json.GetProperty(name).GetString();

    /// <summary>A body that no serializer would write.</summary>
    public static HttpContent Raw(string json) => new ByteArrayContent(Encoding.Latin1.GetBytes(json)) { Headers = { ContentType = new("application/json") } };

    /// <summary>Asserts a 422 with errors for exactly these fields.</summary>
    public static async Task ShouldRefuseAsync(this HttpResponseMessage response, params string[] fields)
    {
        var problem = await response.ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
        Assert.Equal(fields.Order(), problem.GetProperty("errors").EnumerateObject().Select(field => field.Name).Order());
    }
}
