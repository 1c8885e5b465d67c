using System.Net;
using System.Text.RegularExpressions;
using Npgsql;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Hosting.Intents;

namespace Patron.IntegrationTests.Accounts;

/// <summary>
/// With private registration nobody learns from an answer, its headers or the work behind it whether an address is taken, and nobody signs
/// in before the address is proven.
/// </summary>
public sealed class PrivateRegistrationTests(OneProcess app) : IClassFixture<OneProcess>
{
    public static TheoryData<string> EntryPoints => ["register", "tradeline", "crm", "portal"];

    [Theory]
    [MemberData(nameof(EntryPoints))]
    public async Task A_registration_reads_and_writes_no_account_before_its_answer(string entryPoint)
    {
        var taken = (await app.RegisterAsync(NewEmail("owner"))).Email;
        var free = NewEmail("free");
        await using var server = await StartAsync();
        await app.UntilOutboxIsEmptyAsync();

        await using var connection = new NpgsqlConnection(app.Accounts.ConnectionString);
        await connection.OpenAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var command = new NpgsqlCommand("LOCK TABLE accounts.users IN ACCESS EXCLUSIVE MODE", connection);
            await command.ExecuteNonQueryAsync();
            var first = await RegisterAsync(server, entryPoint, taken);
            var second = await RegisterAsync(server, entryPoint, free);

            Assert.Equal(await DescribeAsync(first), await DescribeAsync(second));
            Assert.True((int)first.StatusCode < 400, $"{first.StatusCode}");
            Assert.DoesNotContain(first.Headers, header => header.Key == "Set-Cookie" && header.Value.Any(value => value.StartsWith("sid", StringComparison.Ordinal)));
        }

        await Eventually.BecomeTrueAsync(() => Task.FromResult(app.MailsTo(free).Any(mail => mail.Subject.Contains("Confirm your email", StringComparison.Ordinal))));
        await Eventually.BecomeTrueAsync(() => Task.FromResult(app.MailsTo(taken).Any(mail => mail.Subject.Contains("already have an account", StringComparison.Ordinal))));
        Assert.Equal(1, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.users WHERE normalized_email = $1", taken));
    }

    [Fact]
    public async Task Nobody_signs_in_before_the_address_is_proven_and_the_answer_is_that_of_an_unknown_address()
    {
        var email = NewEmail("waiting");
        await using var server = await StartAsync();
        await RegisterAsync(server, "register", email);
        var token = (await app.MailAsync(email, "confirm your email")).Token;

        foreach (var entryPoint in EntryPoints.Select(row => row.Data).Where(name => name != "crm"))
        {
            var refused = await SignInAsync(server, entryPoint, email);
            Assert.Equal(entryPoint == "portal" ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, refused.StatusCode);
            Assert.Contains("or password isn't right", WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync()), StringComparison.Ordinal);
            Assert.Equal(await DescribeAsync(await SignInAsync(server, entryPoint, NewEmail("nobody"))), await DescribeAsync(refused));
        }

        var wrong = new { token, password = "not the password" };
        await (await server.SendAsync(HttpMethod.Post, "/api/auth/email/verify/", null, wrong)).ShouldFailAsync(HttpStatusCode.Unauthorized);
        await (await server.SendAsync(HttpMethod.Post, "/api/auth/email/verify/", null, new { token, password = GoodPassword })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.OK, (await SignInAsync(server, "register", email)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SignInAsync(server, "tradeline", email)).StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, (await SignInAsync(server, "portal", email)).StatusCode);
    }

    [Fact]
    public async Task The_page_of_the_link_confirms_the_address_with_the_password_that_was_chosen()
    {
        var email = NewEmail("waiting");
        await using var server = await StartAsync();
        await RegisterAsync(server, "portal", email);
        var token = (await app.MailAsync(email, "confirm your email")).Token;
        var path = $"/verify-email?token={token}";

        var wrong = await PostFormAsync(server, path, ("token", token), ("password", "not the password"));
        Assert.Contains("That password isn't right for this account.", WebUtility.HtmlDecode(await wrong.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, (await PostFormAsync(server, path, ("token", token), ("password", GoodPassword))).StatusCode);

        Assert.Equal(HttpStatusCode.SeeOther, (await SignInAsync(server, "portal", email)).StatusCode);
        Assert.Equal(0, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.users WHERE normalized_email = $1 AND taken_over_at IS NOT NULL", email));
    }

    [Fact]
    public async Task A_session_of_an_unproven_account_ends_when_registration_becomes_private()
    {
        var person = await app.RegisterAsync();
        var proven = await app.RegisterProvenAsync();
        await using var server = await StartAsync();

        Assert.False(await server.IsSignedInAsync(person));
        Assert.True(await server.IsSignedInAsync(proven));
        await (await server.SendAsync(HttpMethod.Post, "/api/auth/token/refresh/", null, new { refresh = person.Refresh })).ShouldFailAsync(HttpStatusCode.Unauthorized);
        await (await server.SendAsync(HttpMethod.Post, "/api/auth/token/refresh/", null, new { refresh = proven.Refresh })).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_taken_user_name_has_the_same_answer_for_every_address()
    {
        await using var server = await StartAsync();
        var name = $"taken{Guid.NewGuid():N}"[..20];
        await (await app.TryRegisterAsync(NewEmail(), username: name)).ShouldBeAsync(HttpStatusCode.Created);
        var taken = (await app.RegisterAsync()).Email;

        var answers = await Task.WhenAll(new[] { taken, NewEmail() }.Select(async email => await DescribeAsync(await RegisterAsync(server, "register", email, name))));

        Assert.Contains("username is taken", answers[0], StringComparison.Ordinal);
        Assert.Equal(answers[0], answers[1]);
    }

    [Fact]
    public async Task Of_concurrent_private_registrations_of_an_address_one_creates_an_account_and_of_a_user_name_one_gets_it()
    {
        await using var server = await StartAsync();
        var (email, name) = (NewEmail("crowded"), $"crowd{Guid.NewGuid():N}"[..20]);
        var answers = await AccountCalls.ConcurrentlyAsync(20, _ => RegisterAsync(server, "register", email));
        answers = [.. answers, .. await AccountCalls.ConcurrentlyAsync(10, number => RegisterAsync(server, "register", $"{number}.{email}", name))];
        Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.BadRequest or HttpStatusCode.ServiceUnavailable, $"{answer.StatusCode}"));

        await app.UntilOutboxIsEmptyAsync();

        Assert.Equal(1, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.users WHERE normalized_email = $1", email));
        Assert.Equal(1, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.users WHERE normalized_user_name = $1", name));
        Assert.Equal(
            answers.TakeLast(10).Count(HttpStatusCode.Accepted),
            await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.users WHERE normalized_email LIKE '%.' || $1", email));
    }

    private Task<RunningPatron> StartAsync() => app.StartAnotherAsync(("Accounts:PrivateRegistration", "true"));

    private static Task<HttpResponseMessage> RegisterAsync(RunningPatron server, string entryPoint, string email, string? username = null) => entryPoint switch
    {
        "register" => server.SendAsync(
            HttpMethod.Post, "/api/auth/register/", null, new { email, username, first_name = "Jane", last_name = "Doe", password1 = GoodPassword, password2 = GoodPassword }),
        "tradeline" => server.SendAsync(
            HttpMethod.Post, "/api/method/rockettradeline.api.auth.sign_up", null, new { email, full_name = "Jane Doe", password = GoodPassword }),
        "crm" => server.SendAsync(
            HttpMethod.Post, "/api/users/", null, new { email, first_name = "Jane", last_name = "Doe", password = GoodPassword, organization_name = "Jane's" }),
        _ => PostFormAsync(
            server, "/register", ("first_name", "Jane"), ("last_name", "Doe"), ("email", email), ("password", GoodPassword), ("password_confirmation", GoodPassword)),
    };

    private static Task<HttpResponseMessage> SignInAsync(RunningPatron server, string entryPoint, string login) => entryPoint switch
    {
        "register" => server.SendAsync(HttpMethod.Post, "/api/auth/login/", null, new { email = login, password = GoodPassword }),
        "tradeline" => server.SendAsync(HttpMethod.Post, "/api/method/rockettradeline.api.auth.login", null, new { usr = login, pwd = GoodPassword }),
        _ => PostFormAsync(server, "/login", ("login", login), ("password", GoodPassword)),
    };

    // Opens the page of the form, sends it with what the page adds, and opens the page that shows a refused one again.
    private static async Task<HttpResponseMessage> PostFormAsync(RunningPatron server, string path, params (string Name, string Value)[] fields)
    {
        var page = await server.Client.GetAsync(path);
        var added = Regex.Matches(await page.Content.ReadAsStringAsync(), "name=\"(form_[a-z]+)\"[^>]*value=\"([^\"]+)\"", RegexOptions.None, TimeSpan.FromSeconds(1))
            .Select(match => KeyValuePair.Create(match.Groups[1].Value, match.Groups[2].Value)).DistinctBy(field => field.Key);
        var cookies = string.Join("; ", page.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]));
        var form = new FormUrlEncodedContent(
            [.. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)), .. added]);
        var answer = await server.SendAsync(HttpMethod.Post, path.Split('?')[0], null, form, ("Cookie", cookies));
        return answer.Headers.TryGetValues("Set-Cookie", out var set) && set.FirstOrDefault(cookie => cookie.StartsWith("kept_form", StringComparison.Ordinal)) is { } kept
            ? await server.SendAsync(HttpMethod.Get, answer.Headers.Location!.ToString(), null, null, ("Cookie", kept.Split(';')[0]))
            : answer;
    }

    // Status, names of the headers and body, without what differs between any two answers.
    private static async Task<string> DescribeAsync(HttpResponseMessage response)
    {
        var body = Regex.Replace(await response.Content.ReadAsStringAsync(), "value=\"[^\"]*\"", "", RegexOptions.None, TimeSpan.FromSeconds(1));
        var headers = string.Join(",", response.Headers.Concat(response.Content.Headers).Select(header => header.Key).Order(StringComparer.Ordinal));
        return $"{(int)response.StatusCode} {headers} {body.WithoutRequestId()}";
    }
}
