using System.IO.Compression;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.Tests;
using Patron.Web.Http;

namespace Patron.IntegrationTests.Outside;

/// <summary>Answers are compressed where that reveals nothing (BREACH).</summary>
public sealed partial class CompressionTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const string Everything = "gzip, deflate, br, zstd";

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task List_is_compressed_and_unchanged(string encoding)
    {
        var staff = await app.SomeStaffAsync();
        for (var i = 0; i < 3; i++)
        {
            await app.CreateCustomerAsync(staff);
        }

        var plain = await GetAsync("GET", CustomerIntents.Api, staff, accept: null);
        var compressed = await GetAsync("GET", CustomerIntents.Api, staff, encoding);

        Assert.Empty(plain.Content.Headers.ContentEncoding);
        Assert.Equal([encoding], compressed.Content.Headers.ContentEncoding);
        Assert.Equal("Accept-Encoding", compressed.Headers.Vary.Single());
        Assert.Equal("Accept-Encoding", plain.Headers.Vary.Single());
        var bytes = await compressed.Content.ReadAsByteArrayAsync();
        Assert.Equal(bytes.Length, compressed.Content.Headers.ContentLength);
        Assert.Equal(await plain.Content.ReadAsStringAsync(), Decompress(bytes, encoding));
        Assert.Equal(plain.Headers.GetValues("X-Total-Count"), compressed.Headers.GetValues("X-Total-Count"));

        var head = await GetAsync("HEAD", CustomerIntents.Api, staff, encoding);
        Assert.Equal((bytes.Length, encoding), (head.Content.Headers.ContentLength, head.Content.Headers.ContentEncoding.Single()));
    }

    [Theory]
    [InlineData("identity")]
    [InlineData("deflate")]
    [InlineData("br;q=0")]
    [InlineData("garbage,,;;")]
    public async Task Client_that_takes_no_known_encoding_gets_the_plain_answer(string accept) =>
        Assert.Empty((await GetAsync("GET", "/openapi/v1.json", null, accept)).Content.Headers.ContentEncoding);

    [Fact]
    public async Task Record_keeps_its_version_and_small_answers_and_empty_ones_stay_plain()
    {
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);

        var record = await GetAsync("GET", CustomerIntents.Api + customer.Id(), staff, Everything);
        Assert.Equal(("br", "\"1\""), (record.Content.Headers.ContentEncoding.Single(), record.Headers.ETag?.ToString()));
        var small = await GetAsync("GET", "/api/v1/customers/CUST_NOBODY", staff, Everything);
        Assert.Equal(HttpStatusCode.NotFound, small.StatusCode);
        Assert.Empty(small.Content.Headers.ContentEncoding);
        Assert.Equal((await small.Content.ReadAsByteArrayAsync()).Length, small.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Description_of_the_API_is_compressed_once()
    {
        var first = await GetAsync("GET", "/openapi/v1.json", null, "br");
        Assert.InRange(first.Content.Headers.ContentLength!.Value, 10_000, 150_000);
        using var document = JsonDocument.Parse(Decompress(await first.Content.ReadAsByteArrayAsync(), "br"));
        Assert.NotEmpty(document.RootElement.GetProperty("paths").EnumerateObject());
        var gzip = await GetAsync("GET", "/openapi/v1.json", null, "gzip");
        Assert.Equal(Decompress(await gzip.Content.ReadAsByteArrayAsync(), "gzip"), await (await GetAsync("GET", "/openapi/v1.json", null, null)).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task No_endpoint_that_can_answer_a_secret_is_marked_as_compressible()
    {
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Checkout.Folder, "docs", "openapi.json")));
        var described = document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => (Key: $"{operation.Name.ToUpperInvariant()} {path.Name.Trim('/')}", operation.Value)))
            .ToDictionary(entry => entry.Key, entry => entry.Value.GetProperty("responses").GetRawText(), StringComparer.Ordinal);
        var compressible = app.Accounts.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<Compressible>() is not null)
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
                .Select(method => $"{method} {Constraint().Replace(endpoint.RoutePattern.RawText!, "}").Trim('/')}"))
            .Where(described.ContainsKey).ToList();

        Assert.True(compressible.Count > 40, string.Join('\n', compressible));
        Assert.DoesNotContain(compressible, operation => Secret().IsMatch(described[operation]));
        Assert.True(described.Values.Count(answers => Secret().IsMatch(answers)) > 9, "The secrets were not found.");
    }

    [Fact]
    public async Task Answers_with_tokens_keys_and_session_cookies_are_not_compressed()
    {
        var email = Intents.NewEmail();
        var longest = 0;
        var longName = new string('n', 100);
        (string Path, object Body)[] calls =
        [
            ("/api/auth/register/", new { email, first_name = longName, last_name = longName, password1 = Intents.GoodPassword, password2 = Intents.GoodPassword }),
            ("/api/auth/login/", new { email, password = Intents.GoodPassword }),
            ("/api/method/login", new { usr = email, pwd = Intents.GoodPassword }),
        ];
        foreach (var (path, body) in calls)
        {
            using var answer = await app.Accounts.SendAsync(HttpMethod.Post, path, null, body, ("Accept-Encoding", Everything));
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            Assert.Empty(answer.Content.Headers.ContentEncoding);
            longest = Math.Max(longest, (await answer.Content.ReadAsByteArrayAsync()).Length);
        }

        Assert.True(longest > 1024, "The answers are too short to be compressed in any case.");
        var admin = await app.AdminAsync();
        using var refreshed = await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/token/refresh/", null, new { refresh = admin.Refresh }, ("Accept-Encoding", Everything));
        using var key = await app.Accounts.SendAsync(
            HttpMethod.Post, "/api/auth/keys/", admin, new { name = new string('k', 80), scopes = new[] { "customers:read" } }, ("Accept-Encoding", Everything));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Created), (refreshed.StatusCode, key.StatusCode));
        Assert.Empty(refreshed.Content.Headers.ContentEncoding.Concat(key.Content.Headers.ContentEncoding));
    }

    [Fact]
    public async Task Pages_with_a_mailed_secret_are_plain_and_the_form_token_of_others_differs_in_every_answer()
    {
        foreach (var path in new[] { "/reset-password?token=abc", "/set-password?token=abc", "/verify-email?token=abc", "/login" })
        {
            Assert.Empty((await GetAsync("GET", path, null, Everything)).Content.Headers.ContentEncoding);
        }

        var cookie = Tradeline.TradelineCalls.ByCookie(await Tradeline.TradelineCalls.CookieAsync(app, RunningPatron.AdminEmail, RunningPatron.AdminPassword));
        using var page = await app.Accounts.SendAsync(HttpMethod.Get, "/security", null, null, cookie);
        var form = page.Headers.GetValues("Set-Cookie").Single(header => header.StartsWith("form=", StringComparison.Ordinal)).Split(';')[0];
        var tokens = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 3; i++)
        {
            using var again = await app.Accounts.SendAsync(
                HttpMethod.Get, "/security", null, null, ("Cookie", $"{cookie.Value}; {form}"), ("Accept-Encoding", "br"));
            Assert.Equal(["br"], again.Content.Headers.ContentEncoding);
            tokens.Add(FormToken().Match(Decompress(await again.Content.ReadAsByteArrayAsync(), "br")).Groups["token"].Value);
        }

        Assert.Equal(3, tokens.Count);
    }

    private static string Decompress(byte[] bytes, string encoding)
    {
        using var source = new MemoryStream(bytes);
        using Stream stream = encoding == "br" ? new BrotliStream(source, CompressionMode.Decompress) : new GZipStream(source, CompressionMode.Decompress);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private async Task<HttpResponseMessage> GetAsync(string method, string path, Person? who, string? accept)
    {
        using var client = new HttpClient { BaseAddress = app.Accounts.Address };
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.TryAddWithoutValidation("Authorization", who is null ? null : $"Bearer {who.Access}");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accept);
        return await client.SendAsync(request);
    }

    [GeneratedRegex(":[^}]+\\}", RegexOptions.None, 1000)]
    private static partial Regex Constraint();

    [GeneratedRegex("\"(?:access|refresh|access_token|refresh_token|token|secret|credentials|api_key|api_secret|password)\"\\s*:", RegexOptions.None, 1000)]
    private static partial Regex Secret();

    [GeneratedRegex("name=\"form_token\" value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FormToken();
}
