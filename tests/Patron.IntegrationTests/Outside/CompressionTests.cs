using System.IO.Compression;
using System.Net;
using System.Net.Mime;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Crm;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.Tests;
using Patron.Web.Http;

namespace Patron.IntegrationTests.Outside;

/// <summary>Answers are compressed where that reveals nothing (BREACH).</summary>
public sealed partial class CompressionTests(OneProcess app) : IClassFixture<OneProcess>
{
    // Shorter lists are not compressed.
    private async Task<Person> StaffWithLongListAsync()
    {
        var staff = await app.SomeStaffAsync();
        for (var i = 0; i < 3; i++)
        {
            await app.CreateCustomerAsync(staff);
        }

        return staff;
    }

    private const string Everything = "gzip, deflate, br, zstd";

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task List_is_compressed_and_unchanged(string encoding)
    {
        var staff = await StaffWithLongListAsync();

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
    [InlineData("br;q=0, br")]
    [InlineData("*;q=0")]
    [InlineData("*, br;q=0, gzip;q=0.0")]
    [InlineData("identity;q=0")]
    [InlineData("garbage,,;;")]
    public async Task Client_that_takes_no_known_encoding_gets_the_plain_answer(string accept) =>
        Assert.Empty((await GetAsync("GET", "/openapi/v1.json", null, accept)).Content.Headers.ContentEncoding);

    [Theory]
    [InlineData("*", "br")]
    [InlineData("identity;q=0, *;q=0.1", "br")]
    [InlineData("br;q=0, *", "gzip")]
    [InlineData("gzip, *;q=0", "gzip")]
    [InlineData("GZIP;q=0.001", "gzip")]
    public async Task Client_gets_the_best_encoding_that_it_takes(string accept, string encoding) =>
        Assert.Equal([encoding], (await GetAsync("GET", "/openapi/v1.json", null, accept)).Content.Headers.ContentEncoding);

    [Fact]
    public async Task Thousands_of_encodings_are_read_in_one_go()
    {
        var accept = string.Join(',', Enumerable.Range(0, 5000).Select(number => $"x{number}")) + ",br";
        var staff = await StaffWithLongListAsync();
        var watch = System.Diagnostics.Stopwatch.StartNew();

        Assert.Equal(["br"], (await GetAsync("GET", CustomerIntents.Api, staff, accept)).Content.Headers.ContentEncoding);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Answer_without_a_body_has_no_encoding()
    {
        var staff = await app.SomeStaffAsync();
        await app.CreateCustomerAsync(staff);
        var number = (await app.RowsAsync(staff, CrmIntents.Customers))[0].Number();

        using var deleted = await app.Accounts.SendAsync(
            HttpMethod.Delete, $"{CrmIntents.Customers}{number}/", staff, null, ("Accept-Encoding", Everything));

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Empty(deleted.Content.Headers.ContentEncoding);
        Assert.Empty(await deleted.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Requests_at_once_each_get_their_own_answer()
    {
        var staff = await app.SomeStaffAsync();
        var customers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => app.CreateCustomerAsync(staff)));

        await Task.WhenAll(customers.SelectMany(customer => new[] { "br", "gzip" }.Select(async encoding =>
        {
            var answer = await GetAsync("GET", CustomerIntents.Api + customer.Id(), staff, encoding);
            using var document = JsonDocument.Parse(Decompress(await answer.Content.ReadAsByteArrayAsync(), encoding));
            Assert.Equal(customer.Id(), document.RootElement.Id());
        })));
    }

    [Fact]
    public async Task Clients_that_go_away_leave_the_server_running()
    {
        var staff = await app.SomeStaffAsync();
        await app.CreateCustomerAsync(staff);
        for (var i = 0; i < 20; i++)
        {
            using var client = new System.Net.Sockets.TcpClient(app.Accounts.Address.Host, app.Accounts.Address.Port) { LingerState = new(enable: true, seconds: 0) };
            await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(
                $"GET {CustomerIntents.Api} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {staff.Access}\r\nAccept-Encoding: br\r\n\r\n"));
        }

        Assert.Equal(HttpStatusCode.OK, (await GetAsync("GET", CustomerIntents.Api, staff, "br")).StatusCode);
    }

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
    public async Task No_endpoint_that_can_answer_a_secret_or_a_file_is_marked_as_compressible()
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
        Assert.DoesNotContain(compressible, operation => described[operation].Contains(MediaTypeNames.Application.Pdf, StringComparison.Ordinal));
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
    public async Task Pages_and_answers_to_the_session_cookie_are_plain()
    {
        foreach (var path in new[] { "/reset-password?token=abc", "/set-password?token=abc", "/verify-email?token=abc", "/login" })
        {
            Assert.Empty((await GetAsync("GET", path, null, Everything)).Content.Headers.ContentEncoding);
        }

        var cookie = Tradeline.TradelineCalls.ByCookie(await Tradeline.TradelineCalls.CookieAsync(app, RunningPatron.AdminEmail, RunningPatron.AdminPassword));
        foreach (var path in new[] { "/security?guess=secret", "/console/1", "/api/customers/?search=secret", CustomerIntents.Api + "?limit=5" })
        {
            using var answer = await app.Accounts.SendAsync(HttpMethod.Get, path, null, null, cookie, ("Accept-Encoding", Everything));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Empty(answer.Content.Headers.ContentEncoding);
        }
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
}
