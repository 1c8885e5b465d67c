using Patron.Tests;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Patron.Dialects.OpenApi;
using Patron.IntegrationTests.Crm;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.Shared;

namespace Patron.IntegrationTests.Outside;

/// <summary>One process without rate limits, so that no request is refused by them.</summary>
public sealed class WithoutLimits(TestDatabase database) : PatronApp(database)
{
    protected override async Task<(RunningPatron Accounts, RunningPatron Customers)> StartAsync()
    {
        var server = await StartAsync(ProcessRole.All, new Dictionary<string, string?>
        {
            ["Limits:SignInsPerMinute"] = "1000000",
            ["Limits:SignUpsPerMinute"] = "1000000",
            ["Accounts:MailsPerMailboxAndHour"] = "1000000",
            ["Accounts:InvitationsPerSenderAndHour"] = "1000000",
        });
        return (server, server);
    }
}

/// <summary>
/// Sends malicious input to every endpoint of the program, found through its endpoint list. No answer may be a 5xx, every 4xx must be
/// problem details with a sentence, and no answer may contain internals.
/// </summary>
public sealed partial class HostileInputTests(WithoutLimits app) : IClassFixture<WithoutLimits>, IAsyncLifetime
{
    private const int Concurrency = 8;
    private static readonly string[] Secrets =
        ["Npgsql", "at Patron.", "at Microsoft.", "at System.", "SELECT ", "INSERT ", "UPDATE ", "Exception", ".cs:line", "SqlState", "duplicate key", "/src/", Checkout.Folder];

    private readonly ConcurrentQueue<string> problems = new();
    private (string Who, (string Name, string Value)[] Headers)[] callers = [];
    private string customer = "";
    private string organization = "";
    private string vendor = "";
    private string profile = "";
    private int sent;

    public async ValueTask InitializeAsync()
    {
        var staff = await app.SomeStaffAsync();
        customer = (await app.CreateCustomerAsync(staff)).Id();
        organization = $"{(await app.CreateOrganizationAsync(staff)).Number()}";
        vendor = $"{(await app.RowsAsync(staff, "/api/vendors/"))[0].Number()}";
        profile = $"{(await app.RowsAsync(staff, "/api/profiles/"))[0].Number()}";
        callers = [("anonymous", []), ("customer", Bearer((await app.RegisterAsync()).Access)), ("staff", Bearer(staff.Access))];
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Malformed_bodies_get_an_error_with_a_sentence()
    {
        var random = new Random(20_240_229);
        var noise = Enumerable.Range(1, 8).Select(power =>
        {
            var bytes = new byte[1 << power];
            random.NextBytes(bytes);
            return bytes;
        });
        byte[][] bodies =
        [
            .. new[]
            {
                "", " ", "{", "}", "[]", "[1, 2]", "[{}]", "null", "true", "12", "1e999", "\"text\"", "{\"email\": }", "{\"email\" \"x\"}", "{'email': 'x'}", "{\"email\": \"x\",}",
                "{\"email\": \"\\ud800\"}", "{\"email\": \"\\udc00\\ud800\"}", "{\"email\": \"\\u0000\"}", "{\"email\": \"\0\"}", "{\"\\ud800\": 1}", "{\"email\": 1, \"email\": {}}", "//", "<a/>",
                "email=x&password=y", "{\"email\": \"\\x\"}", "NaN", "{\"a\": Infinity}",
            }.Select(Encoding.UTF8.GetBytes),
            Repeat("[", 1000), Repeat("{\"email\":", 1000), [.. Repeat("[", 1000), .. Repeat("]", 1000)], [.. "{\"unknown\":"u8, .. Repeat("[", 1000), .. Repeat("]", 1000), .. "}"u8],
            [0xEF, 0xBB, 0xBF, .. "{}"u8], [.. "{\"email\": \""u8, 0xC3, 0x28, 0xFF, .. "\"}"u8], [.. "{\"email\": \""u8, 0xED, 0xA0, 0x80, .. "\"}"u8], Encoding.Unicode.GetBytes("{}"),
            [.. "{\"email\": \""u8, .. Repeat("a", 2 * 1024 * 1024), .. "\"}"u8],
            .. noise,
        ];

        await AttackAsync(from endpoint in Endpoints().Where(endpoint => endpoint.TakesBody)
                          from body in bodies
                          from caller in callers
                          select (endpoint.Method, Fill(endpoint.Pattern), Json(caller.Headers), (byte[]?)body, caller.Who));
    }

    [Fact]
    public async Task Malicious_forms_get_an_error_with_a_sentence()
    {
        const string Part = "--b\r\nContent-Disposition: form-data; name=";
        (string Type, string Body)[] forms =
        [
            .. new[]
            {
                "", "&", "=", "&&==&", "%", "%zz=%", "%00=%00", "usr=%00", "usr=%ff%fe&pwd=%ed%a0%80", "usr=a&usr=b", "usr[]=a&usr[a]=b", "cmd=login&cmd=logout", "{}", "{\"usr\": 1}", "\0", "usr=" + Text("%F0%9F%98%80", 2000),
                Text("a", 3000) + "=1", string.Join('&', Enumerable.Range(0, 2000).Select(number => $"a{number}=")), "email=" + Text("x", 2 * 1024 * 1024), "type=castle&name=%00&city=%e2%80%aea",
            }.Select(body => ("application/x-www-form-urlencoded", body)),
            .. new[]
            {
                "", "--b", "--b--", "--b--\r\n", "no part at all", Part, Part + "\"usr\"\r\n\r\na", Part + "\"usr\"\r\n\r\na\r\n--b--\r\n", Part + "\"usr\"; filename=\"../../etc/passwd\"\r\n\r\na\r\n--b--\r\n",
                Part + "\"\0\"\r\n\r\n\0\r\n--b--\r\n", Part + "\r\n\r\n\r\n--b--\r\n", "--b\r\n\r\na\r\n--b--\r\n", "--b\r\nContent-Disposition: \r\nX: " + Text("x", 40_000) + "\r\n\r\na\r\n--b--\r\n",
                string.Concat(Enumerable.Range(0, 1500).Select(number => $"{Part}\"a{number}\"\r\n\r\n\r\n")) + "--b--\r\n", Part + "\"usr\"\r\n\r\n" + Text("x", 2 * 1024 * 1024) + "\r\n--b--\r\n",
            }.Select(body => ("multipart/form-data; boundary=b", body)),
            ("multipart/form-data", "--b\r\n"), ("multipart/form-data; boundary=", "--"), ("multipart/form-data; boundary=" + Text("b", 200), "--b"), ("multipart/form-data; boundary=\"\"", "--"),
            ("application/x-www-form-urlencoded; charset=utf-16", "usr=a"), ("application/x-www-form-urlencoded; charset=utf-7", "usr=+AAA-"),
        ];
        var takers = Endpoints().Where(endpoint => endpoint.TakesForms).ToList();
        Assert.True(takers.Count >= 8, "The endpoints that take forms were not found.");

        await AttackAsync(from endpoint in takers
                          from form in forms
                          from caller in callers
                          select (endpoint.Method, Fill(endpoint.Pattern), caller.Headers.Append(("Content-Type", form.Type)).ToArray(), (byte[]?)Encoding.UTF8.GetBytes(form.Body), $"{caller.Who}, {Short(form.Type)}"));
    }

    [Fact]
    public async Task Fields_of_the_wrong_type_or_format_get_an_error_with_a_sentence()
    {
        string[] values =
        [
            "null", "true", "0", "-1", "1.5", "1e400", "99999999999999999999", "\"\"", "\"  \"", "\"x\"", "\"\\u0000\"", "\"\\ud800\"", "\"a\\u202eb\"", "\"%' OR 1=1;--_\\\\\"", "\"\\ud83d\\ude00\"",
            "{}", "[]", "[[null]]", "[1, \"a\", null]", "{\"a\": {\"b\": []}}", "\"2024-13-45\"", "\"0000-00-00T99:99:99Z\"", $"\"{new string('x', 5000)}\"", $"\"{string.Concat(Enumerable.Repeat("\\u0301", 200))}\"",
            "2147483648", "-9223372036854775809", "[\"\\ud800\"]", "[\"a\\u0000b\"]", "\"0001-01-01T00:00:00+14:00\"", "\"9999-12-31T23:59:59.9999999-14:00\"", "\"9999-12-31T23:59:59.9999999Z\"",
        ];
        var staff = callers.Single(caller => caller.Who == "staff");

        await AttackAsync(from endpoint in Endpoints().Where(endpoint => endpoint is { TakesBody: true, Example: not null })
                          from field in FieldsOf(endpoint)
                          from value in values
                          select (endpoint.Method, Fill(endpoint.Pattern), Json(staff.Headers), (byte[]?)Encoding.UTF8.GetBytes(With(endpoint.Example!, field, value)), $"staff, {field} {Short(value)}"));
    }

    [Fact]
    public async Task Malicious_paths_and_queries_get_an_error_with_a_sentence()
    {
        string[] parts =
        [
            "%00", "a%00b", "%2e%2e", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..", "%2f", "%5c", "%ff%fe", "%ed%a0%80", "%c0%ae", "%25", "%", "%zz", "_", "'", "%22", "'%20OR%201=1;--", "%F0%9F%98%80", "0", "-1",
            "99999999999999999999", "{}", "%0d%0aX-Evil:%201", "+", "%20", "*", "CUST_", "CUST_ZZZZZZZZ", "00000000-0000-0000-0000-000000000000", "@", "a@b@c", Text("a", 4000),
        ];
        string[] queries =
        [
            "?limit=abc", "?limit=-1", "?limit=0", "?limit=1001", "?limit=99999999999999", "?limit=1e3", "?limit=", "?limit=1&limit=2", "?skip=-5", "?skip=2147483647", "?skip=9223372036854775807",
            "?is_active=maybe", "?is_active=%00", "?cursor=%00", "?cursor=-1", "?cursor=9223372036854775807", "?page=0", "?page=-1", "?page=2147483647&page_size=1000", "?page_size=0", "?role=god", "?role=7",
            "?%00=%00", "?limit=%ff%fe", "?limit=%ed%a0%80", "?&&&===%%%", "?" + Text("x", 4000), "?limit[]=1", "?$where=1", "??", "?limit=%2b1",
        ];
        var endpoints = Endpoints();

        await AttackAsync(
            from endpoint in endpoints
            from part in endpoint.Pattern.Contains('{', StringComparison.Ordinal) ? parts : []
            from caller in callers
            select (endpoint.Method, Parameter().Replace(endpoint.Pattern, part), Json(caller.Headers), endpoint.TakesBody ? "{}"u8.ToArray() : null, $"{caller.Who}, {Short(part)}"));
        await AttackAsync(
            from endpoint in endpoints.Where(endpoint => endpoint.Method == "GET")
            from query in queries
            from caller in callers
            select (endpoint.Method, Fill(endpoint.Pattern) + query, caller.Headers, (byte[]?)null, $"{caller.Who}, {Short(query)}"));
    }

    [Fact]
    public async Task Malicious_searches_get_an_answer_or_an_error_with_a_sentence()
    {
        // As JSON: wildcards and SQL, texts that fold to nothing or to much more, invalid texts and too long ones.
        string[] texts =
        [
            "%", "_", "\\\\", "\\\\\\\\\\\\", "'", "''", "\\\"", "%_%", "\\uff05", "\\uff05\\uff3f\\uff3c", "(((", ".*+?[]{}|^$", "a\\nb", "\\t", "\\u0000", "a\\u0000", "\\ud800", "\\udc00\\ud800", "\\ud83d\\ude00",
            "\\ud83d\\ude00\\ud83d\\ude00\\ud83d\\ude00", "\\u0301", "\\u0301\\u0301\\u0301", "e\\u0301", "\\u00b4\\u00b4\\u00b4", "\\u3000", "\\u200b", "\\ufeff\\ufeff\\ufeff", "\\u202eabc", "שלום", "مرحبا", "ש", "王", "王小", "王小明", "ไทย", "ß", "İ", "ſ",
            Text("\\ufdfa", 255), Text("\\u0301", 255), Text("a", 255), Text("a", 256), Text("😀", 255), Text("% ", 127), Text(",", 1000), string.Join(',', Enumerable.Range(0, 1000)), string.Join(',', Enumerable.Range(0, 130)), Text("a", 1_000_000), Text(",", 1_000_000),
        ];
        string[] numbers = ["0", "-1", "1", "1000", "1001", "2147483647", "2147483648", "-2147483648", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "1e3", "1.5", "-0"];
        string[] times =
        [
            "0001-01-01", "0001-01-01T00:00:00", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00-14:00", "9999-12-31", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59.9999999Z",
            "9999-12-31T23:59:59+14:00", "9999-12-31T23:59:59-14:00", "-0001-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "2024-02-30T00:00:00Z", "2024-01-01T00:00:00+99:00", "infinity", "now",
        ];
        var fields = Names<Dialects.Customers.SearchRequest>().ToList();
        var bodies = fields.Where(field => field is not ("page" or "limit" or "created_after" or "created_before" or "is_active" or "is_verified")).SelectMany(field => texts.Select(text => $"{{\"{field}\": \"{text}\"}}"))
            .Concat(new[] { "page", "limit" }.SelectMany(field => numbers.Select(number => $"{{\"query\": \"john\", \"{field}\": {number}}}")))
            .Concat(numbers.Select(number => $"{{\"page\": {number}, \"limit\": 1000}}"))
            .Concat(new[] { "created_after", "created_before" }.SelectMany(field => times.Select(time => $"{{\"{field}\": \"{time}\"}}")))
            .Append("{" + string.Join(", ", fields.Take(9).Select(field => $"\"{field}\": \"{Text("%", 255)}\"")) + "}");
        var lists = new[] { "", "tags/premium", "location/search", "available/cities", "available/countries" }
            .SelectMany(list => new[] { "skip", "limit", "cursor" }.SelectMany(name => numbers.Select(number => $"{list}?city=York&{name}={number}")))
            .Concat(texts.Where(text => text.Length < 6000).Select(text => Uri.EscapeDataString(JsonSerializer.Deserialize<string>(text.Contains("\\ud800", StringComparison.Ordinal) ? "\"\\ufffd\"" : $"\"{text}\"")!))
                .SelectMany(text => new[] { $"tags/{text}", $"tags/a,{text}?match=all", $"tags/a?match={text}", $"location/search?city={text}", $"location/search?state={text}&country={text}", $"available/cities?country={text}", $"available/states?country={text}" }));
        var staff = callers.Single(caller => caller.Who == "staff").Headers;

        await AttackAsync(bodies.Select(body => ("POST", $"{CustomerIntents.Api}search", Json(staff), (byte[]?)Encoding.UTF8.GetBytes(body), "staff")));
        await AttackAsync(lists.Select(list => ("GET", CustomerIntents.Api + list, staff, (byte[]?)null, "staff")));
    }

    [Fact]
    public async Task Malicious_bulk_updates_get_an_error_with_a_sentence()
    {
        string[] names = ["null", "1", "\"\"", "\" \"", "\"\\u0000\"", "\"\\ud800\"", "\"%\"", "\"\\u0301\"", "\"00000000-0000-0000-0000-000000000000\"", $"\"{customer}\"", $"\"{Text("x", 10_000)}\"", "[]", "{}", Text("[", 70) + Text("]", 70)];
        var lists = names.Select(name => $"[{name}]")
            .Concat(names.Select(name => $"[\"{customer}\", {name}]"))
            .Concat([$"[{string.Join(',', Enumerable.Repeat($"\"{customer}\"", 1000))}]", $"[{string.Join(',', Enumerable.Repeat("\"\"", 1001))}]", $"[{string.Join(',', Enumerable.Repeat($"\"{Text("x", 900)}\"", 1000))}]", $"[{string.Join(',', Enumerable.Repeat("[]", 100_000))}]"]);
        string[] values = ["null", "true", "1", "1e400", "[]", "{}", "\"\\u0000\"", "\"\\ud800\"", $"\"{Text("a", 100_000)}\"", "\"0001-01-01\"", "\"9999-12-31\"", $"\"{string.Join(',', Enumerable.Range(0, 1000))}\"", Text("[", 1000), Text("{\"a\":", 70) + "1" + Text("}", 70)];
        var bodies = lists.Select(list => $"{{\"customer_ids\": {list}, \"updates\": {{\"notes\": \"x\"}}}}")
            .Concat(Dialects.Customers.CustomerRequest.Members.Select(member => member.Name).Append("unknown").SelectMany(field => values.Select(value => $"{{\"customer_ids\": [\"{customer}\"], \"updates\": {{\"{field}\": {value}}}}}")))
            .Concat(values.Select(value => $"{{\"customer_ids\": [\"{customer}\"], \"updates\": {value}}}"));
        var staff = callers.Single(caller => caller.Who == "staff").Headers;

        await AttackAsync(bodies.Select(body => ("POST", $"{CustomerIntents.Api}bulk-update", Json(staff), (byte[]?)Encoding.UTF8.GetBytes(body), "staff")));
    }

    [Fact]
    public async Task Malformed_headers_get_an_error_with_a_sentence()
    {
        string[] oddities = ["", " ", "0", "-1", "*", "\"", "W/\"", "\"\\\"", "null", "{}", "\u00ff\u00fe", "\u0001", "a,b,,c", "%00", "'; DROP TABLE users;--", Text("a", 6000), "99999999999999999999", "00000000-0000-0000-0000-000000000000"];
        string[] names = ["X-Organization", "If-Match", "If-None-Match", "Idempotency-Key", "Authorization", "X-Api-Key", "Range", "Accept", "Accept-Encoding", "Origin", "Sec-Fetch-Site", "User-Agent", "X-Forwarded-For", "Cookie", "Traceparent", "Expect", "X-HTTP-Method-Override"];
        (string Name, string Value)[] more =
        [
            ("Authorization", "Bearer"), ("Authorization", "Bearer a.b.c"), ("Authorization", "Bearer " + Text("e30.", 1000)), ("Authorization", "token :"), ("Authorization", "token a:b:c"), ("Authorization", "Basic !!!"),
            ("X-Api-Key", ":"), ("X-Api-Key", "a:" + Text("b", 5000)), ("Range", "bytes=-1-5,9-"), ("Expect", "100-continue"), ("Content-Type", ""), ("Content-Type", "application"), ("Content-Type", "application/json; charset=utf-16"),
            ("Content-Type", "application/json; charset=nonsense"), ("Content-Type", "application/json; charset=utf-7"), ("Content-Type", "text/plain"), ("Content-Type", "multipart/form-data"), ("Content-Encoding", "gzip"), ("Cookie", "sid="), ("Cookie", "sid=Guest"), ("Cookie", "sid=%00; sid=\""), ("Cookie", "sid=" + Text("A", 64)), ("Cookie", "sid=" + Text("\u00ff", 64)), ("Cookie", "sid=" + Text("a", 5000)), ("Traceparent", "00-" + Text("f", 32) + "-0000000000000000-zz"),
        ];
        var odd = names.SelectMany(name => oddities.Select(value => (Name: name, Value: value))).Concat(more).ToList();
        var staff = callers.Single(caller => caller.Who == "staff").Headers;

        // Each header at every fourth operation, and each operation with every fourth header; bench/load/fuzz sends them all.
        await AttackAsync(
            from target in Endpoints().Select((endpoint, number) => (endpoint, number))
            let endpoint = target.endpoint
            from header in odd.Where((_, index) => (index + target.number) % 4 == 0)
            let others = staff.Where(given => given.Name != header.Name && header.Name != "Cookie") // With a token, the cookie is ignored.
            let type = endpoint.TakesBody && header.Name != "Content-Type" ? Json([]) : []
            select (endpoint.Method, Fill(endpoint.Pattern), others.Concat(type).Append((header.Name, header.Value)).ToArray(), endpoint.TakesBody ? "{}"u8.ToArray() : null, $"staff, {header.Name}: {Short(header.Value)}"));
    }

    [Fact]
    public async Task Wrong_lengths_and_unknown_methods_get_an_answer()
    {
        (string, string)[][] lengths =
        [
            [("Content-Length", "100")], [("Content-Length", "1")], [("Content-Length", "-1")], [("Content-Length", "abc")], [("Content-Length", "99999999999")], [("Content-Length", "2"), ("Content-Length", "3")],
            [("Transfer-Encoding", "chunked")], [("Transfer-Encoding", "gzip")], [("Transfer-Encoding", "chunked"), ("Content-Length", "2")],
        ];
        string[] methods = ["TRACE", "PROPFIND", "BREW", "OPTIONS", "HEAD", "get", "POST", "PUT", "PATCH", "DELETE", "GET"];
        var staff = callers.Single(caller => caller.Who == "staff").Headers;
        var endpoints = Endpoints();

        await AttackAsync(
            from endpoint in endpoints.Where(endpoint => endpoint.TakesBody)
            from length in lengths
            select (endpoint.Method, Fill(endpoint.Pattern), Json(staff).Concat(length).ToArray(), (byte[]?)"{}"u8.ToArray(), string.Join(", ", length)), goAway: true);
        await AttackAsync(
            from path in endpoints.Select(endpoint => endpoint.Pattern).Append("/api/nothing/here").Append("/api").Append("//").Append("/.git/config").Distinct(StringComparer.Ordinal)
            from method in methods.Where(method => !endpoints.Exists(endpoint => endpoint.Pattern == path && endpoint.Method == method))
            select (method, Fill(path), staff, (byte[]?)null, "staff"));
    }

    private async Task AttackAsync(IEnumerable<(string Method, string Target, (string Name, string Value)[] Headers, byte[]? Body, string What)> attacks, bool goAway = false)
    {
        await Parallel.ForEachAsync(attacks, new ParallelOptions { MaxDegreeOfParallelism = Concurrency }, async (attack, _) =>
        {
            // Signing out would end the attacker's session, so those requests are sent anonymously.
            var headers = SignsOut(attack.Target) ? [.. attack.Headers.Where(header => header.Name != "Authorization")] : attack.Headers;
            var answer = await RawHttp.SendAsync(app.Accounts.Address, RawHttp.Request(attack.Method, attack.Target, headers, attack.Body), goAway);
            Interlocked.Increment(ref sent);
            if (!(goAway && answer.Status == 0) && FindProblem(answer, attack.Method) is { } problem)
            {
                var body = attack.Body is null ? "" : Short(Encoding.UTF8.GetString(attack.Body));
                problems.Enqueue($"{attack.Method} {Short(attack.Target)} ({attack.What}) {body}: {problem}");
            }
        });
        // Otherwise most requests would have failed before they reached our code.
        await (await app.Customers.SendAsync(HttpMethod.Get, CustomerIntents.Api, await app.SomeStaffAsync())).ShouldBeAsync(System.Net.HttpStatusCode.OK);
        Assert.True(sent > 100, $"Only {sent} requests were sent.");
        Assert.True(problems.IsEmpty, $"{problems.Count} of {sent}:\n{string.Join('\n', problems.Order(StringComparer.Ordinal).Take(16))}");
    }

    private static bool SignsOut(string target) => target.StartsWith("/api/method/", StringComparison.Ordinal) && target.Contains("logout", StringComparison.Ordinal);

    private static string? FindProblem(RawAnswer answer, string method)
    {
        if (answer.Status is 0 or >= 500)
        {
            return $"{answer.Status} {Short(answer.Body)}";
        }

        if (Array.Find(Secrets, secret => answer.Body.Contains(secret, StringComparison.Ordinal) || answer.Head.Contains(secret, StringComparison.Ordinal)) is { } leaked)
        {
            return $"{answer.Status} shows '{leaked}': {answer.Body}";
        }

        // Kestrel itself refuses invalid request lines, headers and lengths before our code runs.
        var isBare = answer.Status is 400 or 411 or 413 or 414 or 431 or 501 or 505 && answer.Body.Length == 0 && !answer.Head.Contains("Content-Type", StringComparison.Ordinal);
        return answer.Status < 400 || isBare || method == "HEAD" || IsProblem(answer) ? null : $"{answer.Status} without a sentence: {answer.Head} {Short(answer.Body)}";
    }

    private static bool IsProblem(RawAnswer answer)
    {
        try
        {
            // Pages answer with HTML.
            return answer.HasType("text/html")
                ? answer.Body.Contains("role=\"alert\"", StringComparison.Ordinal)
                : answer.HasType("application/problem+json") && JsonNode.Parse(answer.Body)!["detail"]!.GetValue<string>().Length > 10;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // The program's own endpoint list, so that new endpoints are included automatically.
    private List<Target> Endpoints()
    {
        var found = app.Accounts.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Where(method => method != "HEAD").Select(method => new Target(
                method, "/" + endpoint.RoutePattern.RawText!.TrimStart('/'), endpoint.Metadata.GetMetadata<RequestExample>()?.Json,
                endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Http.Metadata.IAcceptsMetadata>()?.ContentTypes.Contains("multipart/form-data", StringComparer.Ordinal) == true)))
            .Where(endpoint => !endpoint.Pattern.StartsWith("/openapi", StringComparison.Ordinal))
            .ToList();
        Assert.True(found.Count > 30, "The endpoints were not found.");
        return found;
    }

    private string Fill(string pattern) => Parameter().Replace(pattern, match => match.Value switch
    {
        "{customer_id}" => customer,
        "{id}" => pattern == "/api/organizations/{id}/" ? organization : app.Home().ToString(),
        "{vendor:long}" => vendor,
        "{profile:long}" => profile,
        "{username}" => "johndoe",
        "{email}" => "john.doe@tests.example",
        _ => "0198c0de-0000-7000-8000-00000000abcd",
    });

    // The example contains most fields; customers and searches have more. The fields inside a bulk update have a test of their own.
    private static IEnumerable<string> FieldsOf(Target endpoint)
    {
        var fields = JsonNode.Parse(endpoint.Example!)!.AsObject().Select(field => field.Key);
        return endpoint.Pattern switch
        {
            var path when !path.StartsWith("/api/v1/customers", StringComparison.Ordinal) || path.EndsWith("/bulk-update", StringComparison.Ordinal) => fields,
            var path when path.EndsWith("/search", StringComparison.Ordinal) => Names<Dialects.Customers.SearchRequest>(),
            _ => fields.Union(Dialects.Customers.CustomerRequest.Members.Select(member => member.Name), StringComparer.Ordinal),
        };
    }

    private static IEnumerable<string> Names<T>() => typeof(T).GetProperties().Select(property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));

    private static string With(string example, string field, string value)
    {
        var body = JsonNode.Parse(example)!.AsObject();
        body.Remove(field);
        var others = body.ToJsonString();
        return $"{{\"{field}\": {value}{(body.Count == 0 ? "" : ",")}{others[1..]}";
    }

    private static (string Name, string Value)[] Bearer(string token) => [("Authorization", $"Bearer {token}")];

    private static (string Name, string Value)[] Json((string Name, string Value)[] headers) => [.. headers, ("Content-Type", "application/json")];

    private static byte[] Repeat(string text, int times) => Encoding.UTF8.GetBytes(Text(text, times));

    private static string Text(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    private static string Short(string text) => text.Length <= 80 ? text : $"{text[..80]}...";

    [GeneratedRegex(@"\{[^}]+\}", RegexOptions.NonBacktracking)]
    private static partial Regex Parameter();

    private sealed record Target(string Method, string Pattern, string? Example, bool TakesForms)
    {
        public bool TakesBody => Method is "POST" or "PUT" or "PATCH";
    }
}
