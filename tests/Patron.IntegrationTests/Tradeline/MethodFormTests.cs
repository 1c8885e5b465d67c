using System.Net;
using System.Text;
using System.Text.Json;
using Patron.Hosting;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Tradeline.TradelineCalls;

namespace Patron.IntegrationTests.Tradeline;

/// <summary>Formats of arguments and answers: JSON, both kinds of forms, invalid bodies and Frappe's envelope.</summary>
public sealed class MethodFormTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const string Form = "application/x-www-form-urlencoded";
    private const string Multipart = "multipart/form-data; boundary=b";

    [Fact]
    public async Task Every_method_accepts_a_form()
    {
        var email = Intents.NewEmail();
        var signedUp = await FormAsync($"{Auth}sign_up", $"email={email}&full_name=J%C3%B6rg+M%C3%BCller&password={Uri.EscapeDataString(Intents.GoodPassword)}&phone=%2B1-555-123-4567&unknown=1");
        Assert.Equal(("Jörg Müller", "+1-555-123-4567"), (signedUp.GetProperty("user").Text("full_name"), signedUp.GetProperty("user").Text("phone")));
        var token = signedUp.GetProperty("tokens").Text("access");

        var made = await FormAsync($"{Address}create", "type=shipping&address_line1=&city=Boston", token);
        Assert.Equal(("shipping", null, "Boston"), (made.GetProperty("address").Text("type"), made.GetProperty("address").Text("address_line1"), made.GetProperty("address").Text("city")));
        var silent = await FormAsync($"{Auth}update_profile", "phone=", token);
        Assert.Equal(("Jörg Müller", null), (silent.GetProperty("user").Text("full_name"), silent.GetProperty("user").Text("phone")));
    }

    [Theory]
    [InlineData("application/json", """{"usr": 5, "pwd": "x"}""", "usr")]
    [InlineData("application/json", """{"usr": ["a", "b"], "pwd": "x"}""", "usr")]
    [InlineData("application/json", """{"usr": "a", "pwd": {"a": 1}}""", "pwd")]
    [InlineData("application/json", """{"usr": "a\u0000b", "pwd": "x"}""", "usr")]
    [InlineData(Form, "usr=a&usr=b&pwd=x", "usr")]
    [InlineData(Form, "usr=&pwd=", "usr,pwd")]
    [InlineData(Form, "", "usr,pwd")]
    [InlineData(Form, "=&&&===%%%zz", "usr,pwd")]
    [InlineData(Multipart, "--b\r\nContent-Disposition: form-data; name=\"usr\"; filename=\"a\"\r\n\r\na\r\n--b--\r\n", "usr,pwd")]
    public async Task Malformed_arguments_are_422_with_their_names(string type, string body, string fields)
    {
        using var response = await RawAsync($"{Auth}login", body, type);
        await response.ShouldBeInvalidAsync(fields.Split(','));
    }

    [Theory]
    [InlineData("application/json", "{\"usr\":", HttpStatusCode.BadRequest)]
    [InlineData("application/json", "usr=a&pwd=b", HttpStatusCode.BadRequest)]
    [InlineData("application/json", "null", HttpStatusCode.UnprocessableEntity)]
    [InlineData("application/json", "[]", HttpStatusCode.UnprocessableEntity)]
    [InlineData("application/json", "\"text\"", HttpStatusCode.UnprocessableEntity)]
    [InlineData(Form, "usr=a%00b&pwd=x", HttpStatusCode.BadRequest)]
    [InlineData("multipart/form-data", "--b\r\n", HttpStatusCode.BadRequest)]
    [InlineData(Multipart, "no part at all", HttpStatusCode.BadRequest)]
    [InlineData(Multipart, "--b\r\nContent-Disposition: form-data; name=\"usr\"\r\n\r\na", HttpStatusCode.BadRequest)]
    [InlineData("text/plain", "usr=a", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/xml", "<usr/>", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/x-www-form-urlencoded; charset=nonsense", "usr=a", HttpStatusCode.UnsupportedMediaType)]
    public async Task Unreadable_body_gets_an_error_with_a_sentence(string type, string body, HttpStatusCode status)
    {
        foreach (var path in new[] { $"{Auth}login", $"{Frappe}login", "/" })
        {
            using var response = await RawAsync(path, body, type);
            await response.ShouldFailAsync(status);
        }
    }

    [Fact]
    public async Task Too_large_bodies_are_refused_in_every_format()
    {
        var much = new string('a', 2 * 1024 * 1024);
        foreach (var (type, body) in new[] { ("application/json", $"{{\"usr\": \"{much}\"}}"), (Form, $"usr={much}"), (Multipart, $"--b\r\nContent-Disposition: form-data; name=\"usr\"\r\n\r\n{much}\r\n--b--\r\n") })
        {
            using var response = await RawAsync($"{Auth}login", body, type);
            await response.ShouldFailAsync(HttpStatusCode.RequestEntityTooLarge);
        }

        using var names = await RawAsync($"{Auth}login", string.Join('&', Enumerable.Range(0, 2000).Select(number => $"a{number}=")), Form);
        await names.ShouldFailAsync(HttpStatusCode.BadRequest);
        using var name = await RawAsync($"{Auth}login", $"{new string('a', 3000)}=1", Form);
        await name.ShouldFailAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Missing_body_means_no_arguments_and_GET_may_have_a_JSON_content_type()
    {
        await (await app.PostMethodAsync($"{Auth}login")).ShouldBeInvalidAsync("usr", "pwd");
        using var empty = await RawAsync($"{Auth}login", "", "application/json");
        await empty.ShouldBeInvalidAsync("usr", "pwd");
        using var untyped = await app.Accounts.SendAsync(HttpMethod.Post, $"{Auth}login", null, new ByteArrayContent("usr=a"u8.ToArray()));
        await untyped.ShouldFailAsync(HttpStatusCode.UnsupportedMediaType);

        var person = await app.SharedPersonAsync();
        using var read = await app.Accounts.SendAsync(HttpMethod.Get, $"{Auth}get_current_user", person, new ByteArrayContent([]) { Headers = { ContentType = new("application/json") } });
        await read.ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task App_name_and_envelope_are_settings()
    {
        var person = await app.SignUpAsync();
        await using var server = await app.StartAnotherAsync(("Tradeline:App", "web_shop"), ("Tradeline:Envelope", "true"));
        const string Methods = "/api/method/web_shop.api.";

        var wrapped = await (await server.SendAsync(HttpMethod.Get, $"{Methods}auth.get_current_user", person)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(["message"], wrapped.EnumerateObject().Select(member => member.Name));
        Assert.Equal(person.Email, wrapped.GetProperty("message").GetProperty("user").Text("email"));
        var listed = await (await server.SendAsync(HttpMethod.Get, $"{Methods}address.list", person)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.True(listed.GetProperty("message").GetProperty("success").GetBoolean());

        await (await server.SendAsync(HttpMethod.Post, $"{Methods}auth.login", null, new { usr = person.Email, pwd = "wrong" })).ShouldFailAsync(HttpStatusCode.Unauthorized);
        var frappe = await (await server.SendAsync(HttpMethod.Get, $"{Frappe}frappe.auth.get_logged_user", person)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(person.Email, frappe.Text("message"));
        using var plain = new HttpClient { BaseAddress = server.Address };
        await (await plain.GetAsync($"{Auth}get_current_user")).ShouldFailAsync(HttpStatusCode.NotFound);

        // The OpenAPI document describes it accordingly.
        var answer = JsonDocument.Parse(await plain.GetStringAsync("/openapi/v1.json")).RootElement
            .GetProperty("paths").GetProperty($"{Methods}auth.get_current_user").GetProperty("get").GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("application/json");
        Assert.True(answer.GetProperty("example").GetProperty("message").GetProperty("success").GetBoolean());
        Assert.Contains("Envelope", answer.GetProperty("schema").Text("$ref"), StringComparison.Ordinal);
    }

    private async Task<JsonElement> FormAsync(string path, string body, string? token = null)
    {
        using var response = await RawAsync(path, body, Form, token);
        return await response.ShouldBeAsync(HttpStatusCode.OK);
    }

    // Not through the checking client, because the OpenAPI document does not describe the members of forms.
    private async Task<HttpResponseMessage> RawAsync(string path, string body, string type, string? token = null)
    {
        using var client = new HttpClient { BaseAddress = app.Accounts.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = AccountCalls.Raw(Encoding.UTF8.GetBytes(body), type) };
        request.Headers.TryAddWithoutValidation("Authorization", token is null ? null : $"Bearer {token}");
        return await client.SendAsync(request);
    }
}
