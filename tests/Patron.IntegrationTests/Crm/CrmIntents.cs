using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Crm;

/// <summary>Actions of tests in the crm dialect.</summary>
internal static class CrmIntents
{
    public const string Users = "/api/users/";
    public const string Customers = "/api/customers/";
    public const string Organizations = "/api/organizations/";
    public const string Vendors = "/api/vendors/";
    public const string Profiles = "/api/profiles/";

    public static Task<HttpResponseMessage> PostOrganizationAsync(this PatronApp app, Person? who, string? name, params (string Name, string Value)[] headers) =>
        app.Accounts.SendAsync(HttpMethod.Post, Organizations, who, new { name }, headers);

    /// <summary>Creates an organization; the caller is its owner.</summary>
    public static async Task<JsonElement> CreateOrganizationAsync(this PatronApp app, Person who, string name = "Jane's Business") =>
        await (await app.PostOrganizationAsync(who, name)).ShouldBeAsync(HttpStatusCode.Created);

    public static Task<HttpResponseMessage> ReadAsync(this PatronApp app, Person? who, string path, params (string Name, string Value)[] headers) =>
        app.Accounts.SendAsync(HttpMethod.Get, path, who, null, headers);

    public static Task<HttpResponseMessage> ChangeAsync(this PatronApp app, Person? who, string path, object change, params (string Name, string Value)[] headers) =>
        app.Accounts.SendAsync(HttpMethod.Patch, path, who, change, headers);

    /// <summary>The rows of a page.</summary>
    public static async Task<List<JsonElement>> RowsAsync(this PatronApp app, Person who, string path) =>
        [.. (await (await app.ReadAsync(who, path)).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("results").EnumerateArray()];

    public static long Number(this JsonElement row) => row.GetProperty("id").GetInt64();

    public static IEnumerable<string> Fields(this JsonElement row) => row.EnumerateObject().Select(field => field.Name);

    /// <summary>Signs up with a new organization; returns the person and everything that was created.</summary>
    public static async Task<(Person Person, JsonElement Made)> SignUpBusinessAsync(this PatronApp app, string? email = null, string firstName = "John", string name = "John's Business")
    {
        email ??= Intents.NewEmail("business");
        var made = await (await app.PostBusinessAsync(email, firstName, name)).ShouldBeAsync(HttpStatusCode.Created);
        var tokens = made.GetProperty("tokens");
        var access = tokens.GetProperty("access").GetString()!;
        return (new Person(AccountCalls.ClaimsOf(access).GetProperty("user_id").GetGuid(), email, Intents.GoodPassword, access, tokens.GetProperty("refresh").GetString()!), made);
    }

    /// <summary>Signs up with a new organization and proves the address, which offers require.</summary>
    public static async Task<(Person Person, JsonElement Made)> ProvenBusinessAsync(this PatronApp app, string? email = null, string name = "John's Business")
    {
        var business = await app.SignUpBusinessAsync(email, name: name);
        await app.ProveAsync(business.Person);
        return business;
    }

    /// <summary>Home staff with a proven address.</summary>
    public static async Task<Person> ProvenStaffAsync(this PatronApp app)
    {
        var staff = await app.StaffAsync();
        await app.ProveAsync(staff);
        return staff;
    }

    public static Task<HttpResponseMessage> PostBusinessAsync(this PatronApp app, string email, string firstName = "John", string name = "John's Business", string? username = null) =>
        app.Accounts.SendAsync(
            HttpMethod.Post, Users, null,
            new { email, username, first_name = firstName, last_name = "Doe", password = Intents.GoodPassword, organization_name = name });

    public static Task<HttpResponseMessage> PostCrmAsync(this PatronApp app, Person? who, object body, params (string Name, string Value)[] headers) =>
        app.Accounts.SendAsync(HttpMethod.Post, Customers, who, body, headers);

    public static Task<HttpResponseMessage> AnswerOfferAsync(this PatronApp app, Person? who, JsonElement customer, string answer) =>
        app.Accounts.SendAsync(HttpMethod.Post, $"{Customers}{customer.Number()}/{answer}/", who);

    /// <summary>The record as the crm dialect shows it to this person.</summary>
    public static async Task<JsonElement> ReadCrmAsync(this PatronApp app, Person who, JsonElement customer) =>
        await (await app.ReadAsync(who, $"{Customers}{customer.Number()}/")).ShouldBeAsync(HttpStatusCode.OK);

    /// <summary>The caller's own account, with organizations, profiles and offers.</summary>
    public static async Task<JsonElement> MeAsync(this PatronApp app, Person who) => await (await app.ReadAsync(who, $"{Users}me/")).ShouldBeAsync(HttpStatusCode.OK);

    public static async Task<IReadOnlyList<JsonElement>> OffersAsync(this PatronApp app, Person who) =>
        [.. (await app.MeAsync(who)).GetProperty("offers").EnumerateArray()];

    /// <summary>The account's number, which source 2 uses for users.</summary>
    public static Task<long> UserNumberAsync(this PatronApp app, Person person) =>
        app.AccountsSqlAsync<long>("SELECT number FROM accounts.users WHERE id = $1", person.Id);

    /// <summary>Creates a business that offers a record to the person; returns its vendor and the record.</summary>
    public static async Task<(Person Vendor, JsonElement Customer)> OfferedAsync(this PatronApp app, Person person, string name = "Typed Name")
    {
        var (vendor, _) = await app.ProvenBusinessAsync();
        return (vendor, await app.OfferAsync(vendor, person, name));
    }

    public static async Task<JsonElement> OfferAsync(this PatronApp app, Person vendor, Person person, string name = "Typed Name", string? email = null)
    {
        var offered = await (await app.PostCrmAsync(vendor, new { user_id = await app.UserNumberAsync(person), name, email })).ShouldBeAsync(HttpStatusCode.Created);
        Assert.Equal("offered", offered.GetProperty("link_status").GetString());
        return offered;
    }

    /// <summary>Waits until all mails have been sent.</summary>
    public static Task UntilMailsLeftAsync(this PatronApp app) => AccountCalls.WithinAsync(
        TimeSpan.FromSeconds(20), async () => await app.AccountsSqlAsync<long>("SELECT count(*) FROM shared.outbox_messages") == 0, "all mails left");
}
