using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Crm;

/// <summary>What tests want to happen in the crm dialect.</summary>
internal static class CrmIntents
{
    public const string Organizations = "/api/organizations/";
    public const string Vendors = "/api/vendors/";
    public const string Profiles = "/api/profiles/";

    public static Task<HttpResponseMessage> PostOrganizationAsync(this PatronApp app, Person? who, string? name, params (string Name, string Value)[] headers) =>
        app.Accounts.SendAsync(HttpMethod.Post, Organizations, who, new { name }, headers);

    /// <summary>Opens an organization, as its owner.</summary>
    public static async Task<JsonElement> CreateOrganizationAsync(this PatronApp app, Person who, string name = "Jane's Business") =>
        await (await app.PostOrganizationAsync(who, name)).ShouldBeAsync(HttpStatusCode.Created);

    public static Task<HttpResponseMessage> ReadAsync(this PatronApp app, Person? who, string path, params (string Name, string Value)[] headers) =>
        app.Accounts.SendAsync(HttpMethod.Get, path, who, null, headers);

    public static Task<HttpResponseMessage> ChangeAsync(this PatronApp app, Person? who, string path, object change, params (string Name, string Value)[] headers) =>
        app.Accounts.SendAsync(HttpMethod.Patch, path, who, change, headers);

    /// <summary>The rows of a list's page.</summary>
    public static async Task<List<JsonElement>> RowsAsync(this PatronApp app, Person who, string path) =>
        [.. (await (await app.ReadAsync(who, path)).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("results").EnumerateArray()];

    public static long Number(this JsonElement row) => row.GetProperty("id").GetInt64();

    public static IEnumerable<string> Fields(this JsonElement row) => row.EnumerateObject().Select(field => field.Name);
}
