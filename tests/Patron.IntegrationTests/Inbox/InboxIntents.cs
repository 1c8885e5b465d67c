using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Inbox;

namespace Patron.IntegrationTests.Inbox;

/// <summary>Requests about the staff's inbox, for tests.</summary>
internal static class InboxIntents
{
    public const string Api = "/api/v1/inbox/";

    public static async Task<JsonElement> ReadInboxAsync(this PatronApp app, Person who, string query = "") =>
        await (await app.Customers.SendAsync(HttpMethod.Get, Api + query, who)).ShouldBeAsync(HttpStatusCode.OK);

    /// <summary>The items of a kind that the person sees.</summary>
    public static async Task<List<JsonElement>> ItemsAsync(this PatronApp app, Person who, string kind) =>
        [.. (await app.ReadInboxAsync(who, $"?kind={kind}&limit=1000")).GetProperty("items").EnumerateArray()];

    /// <summary>The items of a kind that are about a customer.</summary>
    public static async Task<List<JsonElement>> ItemsAsync(this PatronApp app, Person who, string kind, string customer) =>
        (await app.ItemsAsync(who, kind)).FindAll(
            item => item.GetProperty("customer") is { ValueKind: JsonValueKind.Object } one && one.Id() == customer);

    /// <summary>The only item of a kind about a customer.</summary>
    public static async Task<JsonElement> ItemAsync(this PatronApp app, Person who, string kind, string customer) =>
        Assert.Single(await app.ItemsAsync(who, kind, customer));

    public static async Task ShouldBeSettledAsync(this PatronApp app, Person who, string kind, string customer) =>
        Assert.Empty(await app.ItemsAsync(who, kind, customer));

    public static async Task<JsonElement> OpenItemAsync(this PatronApp app, Person who, JsonElement item, string query = "") =>
        await (await app.Customers.SendAsync(HttpMethod.Get, $"{Api}{item.ItemId()}{query}", who)).ShouldBeAsync(HttpStatusCode.OK);

    public static Task<HttpResponseMessage> AnswerItemAsync(this PatronApp app, Person who, JsonElement item, string answer, object? body = null) =>
        app.Customers.SendAsync(HttpMethod.Post, $"{Api}{item.ItemId()}/{answer}", who, body);

    public static long ItemId(this JsonElement item) => item.GetProperty("id").GetInt64();

    /// <summary>Does what the worker does once a minute.</summary>
    public static Task RefreshExpiringAsync(this PatronApp app) =>
        app.Customers.Services.GetRequiredService<InboxExpiry>().RefreshAsync(TestContext.Current.CancellationToken);
}
