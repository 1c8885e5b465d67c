using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Timeline;

/// <summary>Requests about comments, timelines and the audit log, for tests.</summary>
internal static class TimelineIntents
{
    public static Task<HttpResponseMessage> AddCommentAsync(this PatronApp app, Person? who, string customer, string? text, params (string Name, string Value)[] headers) =>
        app.Customers.SendAsync(HttpMethod.Post, $"{CustomerIntents.Api}{customer}/comments/", who, new { text }, headers);

    public static Task<HttpResponseMessage> SendCommentAsync(this PatronApp app, HttpMethod method, Person? who, string customer, string comment, object? body = null) =>
        app.Customers.SendAsync(method, $"{CustomerIntents.Api}{customer}/comments/{comment}/", who, body);

    /// <summary>The texts of the comments, newest first.</summary>
    public static async Task<IReadOnlyList<string>> ReadCommentsAsync(this PatronApp app, Person who, string customer) =>
        [.. (await (await app.Customers.SendAsync(HttpMethod.Get, $"{CustomerIntents.Api}{customer}/comments/", who)).ShouldBeAsync(HttpStatusCode.OK)).EnumerateArray().Select(comment => comment.Text("text")!)];

    public static Task<HttpResponseMessage> TryTimelineAsync(this PatronApp app, Person? who, string customer, string query = "", params (string Name, string Value)[] headers) =>
        app.Customers.SendAsync(HttpMethod.Get, $"{CustomerIntents.Api}{customer}/timeline{query}", who, body: null, headers);

    public static async Task<IReadOnlyList<JsonElement>> TimelineAsync(this PatronApp app, Person who, string customer, string query = "") =>
        [.. (await (await app.TryTimelineAsync(who, customer, query)).ShouldBeAsync(HttpStatusCode.OK)).EnumerateArray()];

    public static IReadOnlyList<string> Actions(this IEnumerable<JsonElement> entries) => [.. entries.Select(entry => entry.Text("action")!)];

    /// <summary>The path of the next page, or null on the last.</summary>
    public static string? NextPage(this HttpResponseMessage response) =>
        response.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
}
