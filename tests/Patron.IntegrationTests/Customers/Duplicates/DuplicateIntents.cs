using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Customers.Duplicates;

/// <summary>Requests about duplicates, for tests.</summary>
internal static class DuplicateIntents
{
    /// <summary>The same person with another address each time.</summary>
    public static Dictionary<string, object?> Twin(string name = "john")
    {
        var twin = JohnDoe(Intents.NewEmail(name));
        (twin["first_name"], twin["last_name"], twin["date_of_birth"]) = ("Jonathan", "Hallorann", "1987-03-09");
        return twin;
    }

    /// <summary>Two customers of whom one has a misspelt name.</summary>
    public static async Task<(JsonElement One, JsonElement Other)> CreateTwinsAsync(this PatronApp app, Person who)
    {
        var one = await app.CreateCustomerAsync(who, Twin());
        var misspelt = Twin("jon");
        misspelt["last_name"] = "Halloran";
        return (one, await app.CreateCustomerAsync(who, misspelt));
    }

    /// <summary>Waits until the customer has one pair, and returns it.</summary>
    public static async Task<JsonElement> FindPairAsync(this PatronApp app, Person who, JsonElement customer)
    {
        var found = default(JsonElement);
        await Eventually.BecomeTrueAsync(async () =>
        {
            found = await (await app.Customers.SendAsync(HttpMethod.Get, $"{Api}{customer.Id()}/duplicates", who)).ShouldBeAsync(HttpStatusCode.OK);
            return found.GetArrayLength() == 1;
        });
        return found[0];
    }

    public static async Task<IReadOnlyList<JsonElement>> ListDuplicatesAsync(this PatronApp app, Person who, string query = "") =>
    [
        .. (await (await app.Customers.SendAsync(HttpMethod.Get, "/api/v1/duplicates/" + query, who)).ShouldBeAsync(HttpStatusCode.OK)).EnumerateArray(),
    ];

    public static Task<HttpResponseMessage> AnswerPairAsync(this PatronApp app, Person who, JsonElement pair, string answer) =>
        app.Customers.SendAsync(HttpMethod.Post, $"/api/v1/duplicates/{pair.GetProperty("id").GetInt64()}/{answer}", who);

    public static IEnumerable<string> CustomerIds(this JsonElement pair) => pair.GetProperty("customers").EnumerateArray().Select(customer => customer.Id());

    /// <summary>Waits until all changes so far have been compared.</summary>
    public static Task WaitForQueueAsync(this PatronApp app) => Eventually.BecomeTrueAsync(
        async () => await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.duplicate_queue") == 0);
}
