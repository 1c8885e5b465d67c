using System.Net;
using System.Text;
using System.Text.Json;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Text;

namespace Patron.IntegrationTests.Accounts;

/// <summary>Every route of the accounts dialect with a body, against invalid bodies.</summary>
public abstract class BadInputTests(PatronApp app)
{
    private const string Members = "/api/organizations/1/members/";
    private const string Accept = "/api/organizations/invitations/accept/";

    // The fields of the body; '!' marks a field that is not a text.
    public static TheoryData<string, string, string> Routes => new()
    {
        { "POST", "/api/auth/register/", "email first_name last_name phone_number username password1 password2" },
        { "POST", "/api/auth/login/", "email username password" },
        { "POST", "/api/auth/token/refresh/", "refresh" },
        { "POST", "/api/auth/token/verify/", "token" },
        { "POST", "/api/auth/logout/", "refresh" },
        { "POST", "/api/auth/password/change/", "current_password password1 password2" },
        { "POST", "/api/auth/password/forgot/", "email" },
        { "POST", "/api/auth/password/reset/", "token password1 password2" },
        { "POST", "/api/auth/email/verify/", "token password password1 password2" },
        { "PATCH", "/api/auth/profile/update/", "email first_name last_name phone_number username current_password" },
        { "POST", "/api/auth/keys/", "name !scopes !expires_in_days" },
        { "POST", Members, "email role" },
        { "POST", Accept, "token" },
    };

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_field_of_the_wrong_type_is_named_and_nothing_is_written(string method, string path, string fields)
    {
        var before = await RowsAsync();
        foreach (var field in fields.Split(' '))
        {
            var name = field.TrimStart('!');
            foreach (var value in field[0] == '!' ? ["{}", "true", "\"text\"", "1.5"] : new[] { "1", "true", "[]", "{}", "[\"a\"]" })
            {
                await (await SendAsync(method, path, AccountCalls.Raw($$"""{"{{name}}": {{value}}}"""))).ShouldNameInvalidAsync(name);
            }
        }

        Assert.Equal(before, await RowsAsync());
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Characters_that_cannot_be_stored_are_refused_and_nothing_is_written(string method, string path, string fields)
    {
        var before = await RowsAsync();
        foreach (var field in fields.Split(' ').Where(field => field[0] != '!'))
        {
            foreach (var value in new[] { @"a\u0000b", @"\ud800", @"x\udc00", @"\udc00\ud800" })
            {
                await (await SendAsync(method, path, AccountCalls.Raw($$"""{"{{field}}": "{{value}}"}"""))).ShouldNameInvalidAsync(field);
            }
        }

        Assert.Equal(before, await RowsAsync());
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Invalid_JSON_is_400_and_JSON_without_an_object_is_422(string method, string path, string fields)
    {
        var before = await RowsAsync();
        var first = fields.Split(' ')[0].TrimStart('!');
        foreach (var broken in new[] { "{", "}", "{\"a\":}", "nonsense", "{\"a\": 1,}", $$"""{"{{first}}": "x" """, $$"""{"{{first}}": "x"} {}""", "{'a': 1}" })
        {
            await ShouldFailAsync(method, path, AccountCalls.Raw(broken), HttpStatusCode.BadRequest);
        }

        // Invalid UTF-8.
        await (await SendAsync(method, path, AccountCalls.Raw([.. Encoding.UTF8.GetBytes($$"""{"{{first}}": "x"""), 0xFF, 0xFE, .. "\"}"u8]))).ShouldNameInvalidAsync(first);
        foreach (var other in new[] { "null", "[]", "[{}]", "\"text\"", "1", "true" })
        {
            await ShouldFailAsync(method, path, AccountCalls.Raw(other), HttpStatusCode.UnprocessableEntity);
        }

        await ShouldFailAsync(method, path, AccountCalls.Raw(""), HttpStatusCode.UnprocessableEntity);
        await ShouldFailAsync(method, path, AccountCalls.Raw($$"""{"unknown": {{new string('[', 1000)}}{{new string(']', 1000)}}}"""), HttpStatusCode.BadRequest);
        Assert.Equal(before, await RowsAsync());
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_body_of_another_type_or_a_too_large_one_is_refused(string method, string path, string fields)
    {
        var before = await RowsAsync();
        Assert.NotEmpty(fields);
        foreach (var type in new[] { "text/plain", "application/x-www-form-urlencoded", "application/xml", "multipart/form-data; boundary=x" })
        {
            await ShouldFailAsync(method, path, AccountCalls.Raw("{}", type), HttpStatusCode.UnsupportedMediaType);
        }

        using var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = AccountCalls.Raw(Encoding.UTF8.GetBytes($$"""{"email": "{{new string('x', 10 * 1024 * 1024)}}"}""")),
            Headers = { Authorization = new("Bearer", (await app.SharedAdminAsync()).Access), ExpectContinue = true },
        };
        await ShouldFailAsync(path, await app.Accounts.Client.SendAsync(request), HttpStatusCode.RequestEntityTooLarge);
        Assert.Equal(before, await RowsAsync());
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Very_long_and_unusual_texts_cause_no_server_error(string method, string path, string fields)
    {
        var before = await RowsAsync();
        var names = fields.Split(' ').Where(field => field[0] != '!').ToList();
        foreach (var value in new[] { new string('x', 100_000), new string('é', 20_000), "\uFFFE\uFFFF", "\u202Etxt.exe", string.Concat(Enumerable.Repeat("a\u0301\u0327", 5_000)), "' OR 1=1 --", "%00", "\u2028" })
        {
            var body = names.ToDictionary(name => name, _ => value, StringComparer.Ordinal);
            var response = await SendAsync(method, path, AccountCalls.Raw(JsonSerializer.Serialize(body)));
            if (path.Contains("forgot", StringComparison.Ordinal))
            {
                // The answer does not depend on the address; only invalid text is refused.
                Assert.Equal(InputText.Problem(value) is null ? HttpStatusCode.Accepted : HttpStatusCode.UnprocessableEntity, response.StatusCode);
            }
            else
            {
                Assert.InRange((int)response.StatusCode, 400, 429);
                await ShouldFailAsync(path, response, response.StatusCode);
            }
        }

        Assert.Equal(before, await RowsAsync());
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Another_method_is_405_and_names_the_allowed_one(string method, string path, string fields)
    {
        Assert.NotEmpty(fields);
        foreach (var other in new[] { "PUT", "DELETE", "GET", "PATCH", "POST", "TRACE" }.Where(other => other != method && !(path is Members or "/api/auth/keys/" && other == "GET")))
        {
            var response = await SendAsync(other, path, null);
            Assert.Contains(method, response.Content.Headers.Allow);
            await ShouldFailAsync(path, response, HttpStatusCode.MethodNotAllowed);
        }
    }

    [Theory]
    [InlineData("/api/auth/")]
    [InlineData("/api/auth/nothing/")]
    [InlineData("/api/auth/login/more/")]
    [InlineData("/api/auth/%C3%A9%F0%9F%98%80/")]
    [InlineData("/api/auth/%2e%2e/")]
    [InlineData("/api/auth/login%00/")]
    public async Task An_unknown_path_is_404_for_every_caller(string path)
    {
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post, HttpMethod.Delete })
        {
            var response = await app.Accounts.SendAsync(method, path, null, method == HttpMethod.Post ? AccountCalls.Raw("{}") : null);
            if (path.Contains("%00", StringComparison.Ordinal) && response.StatusCode == HttpStatusCode.BadRequest)
            {
                continue; // The HTTP server itself refuses it.
            }

            await response.ShouldBeAsync(HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task GET_and_DELETE_accept_a_JSON_content_type_without_a_body()
    {
        var person = await app.SharedPersonAsync();
        await (await app.Accounts.SendAsync(HttpMethod.Get, "/api/auth/profile/", person, AccountCalls.Raw(""))).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.Accounts.SendAsync(HttpMethod.Delete, "/api/auth/sessions/", person, AccountCalls.Raw(""))).ShouldBeAsync(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Unknown_fields_and_other_spellings_of_the_content_type_are_accepted()
    {
        var person = await app.SharedPersonAsync();
        var json = $$"""{"remember": {"me": [1, null]}, "email": "{{person.Email}}", "password": "{{person.Password}}"}""";
        await (await app.PostAsync("login/", AccountCalls.Raw(json, "application/json; charset=utf-8"))).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.PostAsync("login/", AccountCalls.Raw(json, "application/vnd.client+json"))).ShouldBeAsync(HttpStatusCode.OK);
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string path, HttpContent? body) =>
        await app.Accounts.SendAsync(new HttpMethod(method), path, await app.SharedAdminAsync(), body);

    private async Task<JsonElement> ShouldFailAsync(string method, string path, HttpContent body, HttpStatusCode status) =>
        await ShouldFailAsync(path, await SendAsync(method, path, body), status);

    // The routes of organizations belong to a dialect without 'success'.
    private static Task<JsonElement> ShouldFailAsync(string path, HttpResponseMessage response, HttpStatusCode status) =>
        path.StartsWith("/api/auth", StringComparison.Ordinal) ? response.ShouldFailAsync(status) : response.ShouldBeAsync(status);

    private async Task<long> RowsAsync()
    {
        await app.SharedAdminAsync();
        return await app.AccountsSqlAsync<long>(
            """
            SELECT (SELECT count(*) FROM accounts.users) + (SELECT count(*) FROM accounts.memberships) + (SELECT count(*) FROM accounts.sessions)
                + (SELECT count(*) FROM accounts.challenges) + (SELECT count(*) FROM accounts.invitations) + (SELECT count(*) FROM accounts.api_keys)
            """);
    }
}

public sealed class BadInputInOneProcess(OneProcess app) : BadInputTests(app), IClassFixture<OneProcess>;

public sealed class BadInputInAccountsAlone(AccountsAlone app) : BadInputTests(app), IClassFixture<AccountsAlone>;
