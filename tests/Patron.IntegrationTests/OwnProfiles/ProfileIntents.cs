using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;

namespace Patron.IntegrationTests.OwnProfiles;

/// <summary>Requests and helpers of the profile tests.</summary>
internal static class ProfileIntents
{
    public const string Profile = CustomerIntents.Api + "profile/";

    /// <summary>The request of source 3.</summary>
    public static Dictionary<string, object?> Portland() => new(StringComparer.Ordinal)
    {
        ["street_address"] = "123 Main St", ["city"] = "Portland", ["state"] = "Oregon", ["postal_code"] = "97201", ["country"] = "USA", ["company_name"] = "Tech Corp",
    };

    public static Task<HttpResponseMessage> PostProfileAsync(this PatronApp app, Person who, object? body = null, params (string Name, string Value)[] headers) =>
        app.Customers.SendAsync(HttpMethod.Post, Profile + "create/", who, body ?? Portland(), headers);

    /// <summary>Creates a profile.</summary>
    public static async Task<JsonElement> CreateProfileAsync(this PatronApp app, Person who, object? body = null) =>
        await (await app.PostProfileAsync(who, body)).ShouldBeAsync(HttpStatusCode.Created);

    public static Task<HttpResponseMessage> GetProfileAsync(this PatronApp app, Person who, params (string Name, string Value)[] headers) =>
        app.Customers.SendAsync(HttpMethod.Get, Profile, who, null, headers);

    public static async Task<JsonElement> ReadProfileAsync(this PatronApp app, Person who, params (string Name, string Value)[] headers) =>
        await (await app.GetProfileAsync(who, headers)).ShouldBeAsync(HttpStatusCode.OK);

    public static Task<HttpResponseMessage> PatchProfileAsync(this PatronApp app, Person who, object body, params (string Name, string Value)[] headers) =>
        app.Customers.SendAsync(HttpMethod.Patch, Profile + "update/", who, body, headers);

    public static Task<HttpResponseMessage> DeleteProfileAsync(this PatronApp app, Person who) => app.Customers.SendAsync(HttpMethod.Delete, Profile + "delete/", who);

    public static Task<HttpResponseMessage> CountServiceAsync(this PatronApp app, Person who, string id) =>
        app.Customers.SendAsync(HttpMethod.Post, $"{CustomerIntents.Api}{id}/increment_service/", who);

    public static Task<HttpResponseMessage> CheckProfileAsync(this PatronApp app, Person who, object? body = null) =>
        app.Customers.SendAsync(HttpMethod.Post, CustomerIntents.Api + "check_profile_exists/", who, body ?? new { });

    /// <summary>Changes an account, at the accounts service.</summary>
    public static async Task ChangeAccountAsync(this PatronApp app, Person who, object change) =>
        await (await app.Accounts.SendAsync(HttpMethod.Patch, "/api/auth/profile/update/", who, change)).ShouldBeAsync(HttpStatusCode.OK);

    /// <summary>Registers a person with a proven address.</summary>
    public static async Task<Person> ProvenPersonAsync(this PatronApp app, string? email = null, string firstName = "Jane", string lastName = "Doe")
    {
        var person = await app.RegisterAsync(email, firstName, lastName);
        await app.ProveAsync(person);
        return person;
    }
}
