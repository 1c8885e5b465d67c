using Patron.Tests;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Outside;

/// <summary>Requests that are valid HTTP but unusual, as clients and proxies send them.</summary>
public sealed class LegalHttpTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const string Login = "/api/auth/login/";

    [Theory]
    [InlineData("application/json; charset=\"utf-8\"")]
    [InlineData("application/json;charset=\"UTF-8\"")]
    [InlineData("application/json; Charset=\"utf\\-8\"")]
    [InlineData("application/json; version=\"1;2\"; charset=\"utf-8\"; x=y")]
    [InlineData("application/json; charset=\"utf-8\"; charset=nonsense")]
    [InlineData("application/json; charset=\"us-ascii\"")]
    public async Task Quoted_charset_is_read_like_an_unquoted_one(string type) =>
        Assert.Equal(200, (await SignInAsync(type, Encoding.UTF8)).Status);

    [Fact]
    public async Task Quoted_charset_other_than_UTF_8_is_honoured()
    {
        Assert.Equal(200, (await SignInAsync("application/json; charset=\"utf-16\"", Encoding.Unicode)).Status);

        var form = RawHttp.Request("POST", "/api/method/login", [("Content-Type", "application/x-www-form-urlencoded; charset=\"utf-16\"")], Encoding.Unicode.GetBytes($"usr={RunningPatron.AdminEmail}&pwd={RunningPatron.AdminPassword}"));
        Assert.Equal(200, (await RawHttp.SendAsync(app.Accounts.Address, form)).Status);
    }

    [Theory]
    [InlineData("charset=\"nonsense\"")]
    [InlineData("charset=\"\"")]
    [InlineData("charset=")]
    [InlineData("charset")]
    [InlineData("charset=\"")]
    [InlineData("charset=\"utf-8")]
    [InlineData("charset=utf-8\"")]
    [InlineData("charset='utf-8'")]
    [InlineData("charset=\"\"utf-8\"\"")]
    [InlineData("charset=\"\\\"utf-8\\\"\"")]
    [InlineData("charset=\" utf-8 \"")]
    [InlineData("charset=\"utf-8\\\"")]
    [InlineData("charset=\"utf-7\"")]
    [InlineData("charset=\"utf-8\0\"")]
    [InlineData("charset=nonsense; charset=\"utf-8\"")]
    public async Task Unknown_charset_is_a_client_error(string charset)
    {
        var answer = await SignInAsync($"application/json; {charset}", Encoding.UTF8);

        Assert.True(answer.Status is 200 or 400 or 415, $"{answer.Status} {answer.Body}");
    }

    [Fact]
    public async Task Charset_of_thousands_of_characters_is_refused() =>
        Assert.Equal(415, (await SignInAsync($"application/json; charset=\"{new string('a', 20_000)}\"", Encoding.UTF8)).Status);

    [Theory]
    [InlineData("tags/half%2Fprice", "half/price")]
    [InlineData("tags/half%2fprice", "half/price")]
    [InlineData("tags/half%252Fprice", "half%2Fprice")]
    [InlineData("tags/%2Fprice%2F", "/price/")]
    [InlineData("tags/a%2Fb%252Fc", "a/b%2Fc")]
    [InlineData("x/../tags/dots%2Fbefore", "dots/before")]
    [InlineData("tags/50%25%2Fdown", "50%/down")]
    public async Task Tag_with_a_slash_finds_its_customers(string path, string tag)
    {
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff, Tagged(tag));

        var found = await SendRawAsync("GET", CustomerIntents.Api + path, staff);

        Assert.Equal(200, found.Status);
        Assert.Contains(customer.Id(), found.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Address_with_a_slash_finds_its_customer()
    {
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff, CustomerIntents.JohnDoe("sales/north@tests.example"));

        foreach (var end in new[] { "", "/", "?a=%2F" })
        {
            Assert.Contains(customer.Id(), (await SendRawAsync("GET", $"{CustomerIntents.Api}email/sales%2Fnorth@tests.example{end}", staff)).Body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Encoded_slash_never_matches_another_route()
    {
        var staff = await app.SomeStaffAsync();

        Assert.Equal(404, (await SendRawAsync("GET", "/api%2Fv1/customers/", staff)).Status);
        Assert.Equal(404, (await SendRawAsync("GET", CustomerIntents.Api + "statistics%2Foverview", staff)).Status);
    }

    [Fact]
    public async Task Link_to_the_next_page_uses_the_path_that_was_sent()
    {
        var staff = await app.SomeStaffAsync();
        await app.CreateCustomerAsync(staff, Tagged("next%2Fpage"));
        var last = await app.CreateCustomerAsync(staff, Tagged("next%2Fpage"));

        // The second is the absolute form, as sent to a proxy (RFC 9112, 3.2.2).
        foreach (var server in new[] { "", "http://patron.example" })
        {
            var first = await SendRawAsync("GET", $"{server}{CustomerIntents.Api}tags/next%252Fpage?limit=1", staff);
            var next = first.Head.Split("Link: <")[1].Split('>')[0];
            Assert.Contains(last.Id(), (await SendRawAsync("GET", next, staff)).Body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task HEAD_answers_like_GET_without_a_body()
    {
        var staff = await app.AdminAsync();
        var asset = (await app.Accounts.Client.GetStringAsync("/login")).Split("href=\"")[1].Split('"')[0];
        string[] others = ["/", "/login", "/register", "/dashboard", "/nowhere", "/assets/nothing.css", asset, "/openapi/v1.json", "/docs", "/docs/", "/docs/index.html", "/docs/swagger-ui.css", "/docs/index.js", "/api/auth/profile/", CustomerIntents.Api + "CUST_NOBODY"];
        var wrong = new List<string>();

        foreach (var (path, who) in from path in DescribedPaths().Concat(others) from who in new[] { null, staff } select (path, who))
        {
            var get = await SendRawAsync("GET", path, who);
            var head = await SendRawAsync("HEAD", path, who);
            if (head.Status != get.Status || head.Body.Length > 0 || !Headers(get).SequenceEqual(Headers(head)))
            {
                wrong.Add($"{path} as {who?.Email}: {head.Head} {head.Body}\n instead of {get.Head}\n");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task HEAD_is_allowed_wherever_GET_is_and_405_lists_both()
    {
        var endpoints = app.Accounts.Services.GetRequiredService<EndpointDataSource>().Endpoints;
        Assert.All(
            endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).Where(methods => methods.Contains("GET")),
            methods => Assert.Contains("HEAD", methods));

        var refused = await SendRawAsync("DELETE", "/health/live");
        Assert.Equal(405, refused.Status);
        Assert.Contains("Allow: GET, HEAD\r\n", refused.Head + "\r\n", StringComparison.Ordinal);
        Assert.Equal(405, (await SendRawAsync("HEAD", Login)).Status);
    }

    private static IEnumerable<string> DescribedPaths()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Checkout.Folder, "docs", "openapi.json")));
        return [.. document.RootElement.GetProperty("paths").EnumerateObject()
            .Where(path => path.Value.TryGetProperty("get", out _) && !path.Name.Contains('{', StringComparison.Ordinal)).Select(path => path.Name)];
    }

    // Not compared: the date, tokens that differ in every page, and headers of the body. A length of zero can be omitted.
    private static IEnumerable<string> Headers(RawAnswer answer) => answer.Head.Split("\r\n").Skip(1)
        .Where(line => !line.StartsWith("Date:", StringComparison.Ordinal) && !line.StartsWith("Transfer-Encoding:", StringComparison.Ordinal) && line != "Content-Length: 0")
        .Select(line => line.StartsWith("Set-Cookie:", StringComparison.Ordinal) ? line.Split('=')[0] : line)
        .Order(StringComparer.Ordinal);

    private static Dictionary<string, object?> Tagged(string tag)
    {
        var customer = CustomerIntents.JohnDoe();
        customer["tags"] = tag;
        return customer;
    }

    private Task<RawAnswer> SignInAsync(string type, Encoding encoding) => RawHttp.SendAsync(
        app.Accounts.Address,
        RawHttp.Request("POST", Login, [("Content-Type", type)], encoding.GetBytes($$"""{"email": "{{RunningPatron.AdminEmail}}", "password": "{{RunningPatron.AdminPassword}}"}""")));

    private Task<RawAnswer> SendRawAsync(string method, string target, Person? who = null) =>
        RawHttp.SendAsync(app.Accounts.Address, RawHttp.Request(method, target, who is null ? [] : [("Authorization", $"Bearer {who.Access}")]));
}
