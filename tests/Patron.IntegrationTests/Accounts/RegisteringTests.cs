using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Hosting.Intents;

namespace Patron.IntegrationTests.Accounts;

public abstract class RegisteringTests(PatronApp app)
{
    [Fact]
    public async Task Registering_returns_the_account_with_its_tokens_at_the_top_level()
    {
        var email = NewEmail();
        var response = await app.PostAsync(
            "register/", new { email, first_name = " Jane ", last_name = "Doe", phone_number = "+1-555-0123", password1 = GoodPassword, password2 = GoodPassword });
        var answer = await response.ShouldBeAsync(HttpStatusCode.Created);
        Assert.Equal(
            ["id", "email", "first_name", "last_name", "phone_number", "user_role", "username", "email_verified", "pending_email", "language", "tokens"],
            answer.EnumerateObject().Select(field => field.Name));
        Assert.Equal(7, answer.GetProperty("id").GetGuid().Version);
        Assert.Equal(email, answer.GetProperty("email").GetString());
        Assert.Equal("Jane", answer.GetProperty("first_name").GetString());
        Assert.Equal("Doe", answer.GetProperty("last_name").GetString());
        Assert.Equal("+1-555-0123", answer.GetProperty("phone_number").GetString());
        Assert.Equal("customer", answer.GetProperty("user_role").GetString());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("username").ValueKind);
        Assert.False(answer.GetProperty("email_verified").GetBoolean());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("pending_email").ValueKind);
        Assert.Equal(["access", "refresh"], answer.GetProperty("tokens").EnumerateObject().Select(field => field.Name));
        Assert.Equal("/api/auth/profile/", response.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Fields_that_only_Patron_sets_are_ignored()
    {
        var id = Guid.NewGuid();
        var wanted = new Dictionary<string, object>
        {
            ["id"] = id, ["user_id"] = id, ["user_role"] = "admin", ["role"] = "vendor", ["is_admin"] = true, ["is_staff"] = true, ["email_verified"] = true,
            ["organization_id"] = 1, ["disabled_at"] = "2020-01-01T00:00:00Z",
        };
        var form = new Dictionary<string, object>(wanted)
        {
            ["email"] = NewEmail(), ["first_name"] = "Jane", ["last_name"] = "Doe", ["password1"] = GoodPassword, ["password2"] = GoodPassword,
        };
        var account = await (await app.PostAsync("register/", form)).ShouldBeAsync(HttpStatusCode.Created);
        Check(account);

        var person = new Person(account.GetProperty("id").GetGuid(), (string)form["email"], GoodPassword, account.GetProperty("tokens").Text("access")!, account.GetProperty("tokens").Text("refresh")!);
        Check(await (await app.Accounts.SendAsync(HttpMethod.Patch, "/api/auth/profile/update/", person, wanted)).ShouldBeAsync(HttpStatusCode.OK));

        void Check(JsonElement shown)
        {
            Assert.Equal(("customer", false), (shown.Text("user_role"), shown.GetProperty("email_verified").GetBoolean()));
            Assert.NotEqual(id, shown.GetProperty("id").GetGuid());
        }
    }

    [Fact]
    public async Task The_access_token_names_the_account_as_a_customer_of_home()
    {
        var person = await app.SharedPersonAsync();
        var claims = AccountCalls.ClaimsOf(person.Access);
        Assert.Equal(person.Id, claims.GetProperty("user_id").GetGuid());
        Assert.Equal(person.Id.ToString(), claims.GetProperty("sub").GetString());
        Assert.Equal(person.Email, claims.GetProperty("email").GetString());
        Assert.False(claims.GetProperty("email_verified").GetBoolean());
        Assert.Equal("Jane", claims.GetProperty("first_name").GetString());
        Assert.Equal("Doe", claims.GetProperty("last_name").GetString());
        Assert.Equal("customer", claims.GetProperty("user_role").GetString());
        // A verifier whose clock is up to ten seconds behind accepts the new token.
        Assert.Equal(610, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
        Assert.InRange(claims.GetProperty("iat").GetInt64(), 0, DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 10);
        Assert.False(claims.TryGetProperty("nbf", out _));
        Assert.All(["iss", "aud", "jti", "sid"], name => Assert.NotEmpty(claims.GetProperty(name).GetString()!));
        var membership = Assert.Single(claims.GetProperty("memberships").EnumerateArray());
        Assert.Equal(app.Home(), membership.GetProperty("id").GetGuid());
        Assert.Equal("customer", membership.GetProperty("role").GetString());
    }

    [Fact]
    public async Task A_path_works_without_its_trailing_slash()
    {
        var response = await app.Accounts.SendAsync(HttpMethod.Get, "/api/auth/profile", await app.SharedPersonAsync());
        await response.ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_user_name_is_optional_kept_as_typed_and_unique_in_any_case()
    {
        var name = $"Jane.Doe-{Guid.NewGuid().ToString("N")[..8]}";
        var answer = await (await app.TryRegisterAsync(NewEmail(), username: name)).ShouldBeAsync(HttpStatusCode.Created);
        Assert.Equal(name, answer.GetProperty("username").GetString());
        var problem = await (await app.TryRegisterAsync(NewEmail(), username: name.ToUpperInvariant())).ShouldFailAsync(HttpStatusCode.BadRequest);
        Assert.Contains("username is taken", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_different_passwords_are_refused()
    {
        var email = NewEmail();
        await (await app.PostAsync("register/", new { email, first_name = "Jane", last_name = "Doe", password1 = GoodPassword, password2 = GoodPassword + "x" }))
            .ShouldFailAsync(HttpStatusCode.BadRequest);
        await (await app.PostAsync("register/", new { email, first_name = "Jane", last_name = "Doe", password1 = GoodPassword }))
            .ShouldFailAsync(HttpStatusCode.BadRequest);
        Assert.False(await ExistsAsync(email));
    }

    [Theory]
    [InlineData("short7!")]
    [InlineData("password123")]
    [InlineData("PASSWORD123")]
    [InlineData("Katherine1")]
    [InlineData("patron202")]
    [InlineData("longlocalpart")]
    [InlineData("1longlocalpart")]
    public async Task A_weak_password_is_refused_under_the_name_of_its_field(string password)
    {
        var email = $"longlocalpart@tests{Guid.NewGuid():N}.example";
        var response = await app.PostAsync("register/", new { email, first_name = "Katherine", last_name = "Doe", password1 = password, password2 = password });
        await response.ShouldBeInvalidAsync("password1");
        Assert.False(await ExistsAsync(email));
    }

    [Fact]
    public async Task All_missing_fields_are_named_together() =>
        await (await app.PostAsync("register/", new { })).ShouldBeInvalidAsync("email", "first_name", "last_name", "password1");

    [Theory]
    [InlineData("email", "nobody")]
    [InlineData("email", "two@at@signs.example")]
    [InlineData("email", "Jane <jane@tests.example>")]
    [InlineData("email", "jane@nodot")]
    [InlineData("email", "")]
    [InlineData("first_name", "   ")]
    [InlineData("first_name", "bell\u0007")]
    [InlineData("last_name", "")]
    [InlineData("phone_number", "123")]
    [InlineData("phone_number", "call me")]
    [InlineData("username", "ab")]
    [InlineData("username", "jane@home")]
    [InlineData("username", "jäne")]
    public async Task An_invalid_value_is_named(string field, string value)
    {
        var body = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["email"] = NewEmail(), ["first_name"] = "Jane", ["last_name"] = "Doe", ["password1"] = GoodPassword, ["password2"] = GoodPassword, [field] = value,
        };
        await (await app.PostAsync("register/", body)).ShouldBeInvalidAsync(field);
    }

    [Fact]
    public async Task A_name_can_have_at_most_a_hundred_characters()
    {
        var fine = string.Concat(Enumerable.Repeat("😀", 100));
        var answer = await (await app.PostAsync("register/", new { email = NewEmail(), first_name = fine, last_name = "Doe", password1 = GoodPassword, password2 = GoodPassword }))
            .ShouldBeAsync(HttpStatusCode.Created);
        Assert.Equal(fine, answer.GetProperty("first_name").GetString());
        await (await app.PostAsync("register/", new { email = NewEmail(), first_name = fine + "x", last_name = "Doe", password1 = GoodPassword, password2 = GoodPassword }))
            .ShouldBeInvalidAsync("first_name");
    }

    [Fact]
    public async Task An_address_is_taken_in_every_spelling()
    {
        var taken = await app.SharedPersonAsync();
        var name = taken.Email.Split('@')[0];
        string[] spellings =
        [
            taken.Email, taken.Email.ToUpperInvariant(), $"  {taken.Email}\t",
            $"{string.Concat(name.Select(letter => (char)(letter - '!' + '！')))}@tests.example",
        ];
        foreach (var spelling in spellings)
        {
            var problem = await (await app.TryRegisterAsync(spelling)).ShouldFailAsync(HttpStatusCode.BadRequest);
            Assert.Contains("already exists", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(1, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.users WHERE normalized_email = $1", taken.Email));
    }

    [Fact]
    public async Task Registering_writes_an_audit_entry_and_mails_a_token()
    {
        var person = await app.RegisterAsync();
        Assert.Equal(1, await app.CountAuditEntriesAsync(person.Id, "account.registered"));
        Assert.Equal(1, await app.CountAuditEntriesAsync(person.Id, "session.started"));
        Assert.Equal(
            "127.0.0.1", await app.AccountsSqlAsync<string>("SELECT address FROM shared.audit_entries WHERE subject_id = $1 AND action = 'session.started'", person.Id));
        var mail = await app.MailAsync(person.Email, "confirm your email");
        Assert.Equal(43, mail.Token.Length);
    }

    [Fact]
    public async Task Private_registration_has_one_answer_for_all_addresses_and_notifies_only_the_owner()
    {
        var taken = await app.RegisterAsync(NewEmail("owner"));
        var free = NewEmail("newcomer");
        await using var server = await app.StartAnotherAsync(("Accounts:PrivateRegistration", "true"));
        var answers = new List<string>();
        foreach (var email in new[] { taken.Email.ToUpperInvariant(), free })
        {
            var response = await server.SendAsync(
                HttpMethod.Post, "/api/auth/register/", null, new { email, first_name = "Jane", last_name = "Doe", password1 = GoodPassword, password2 = GoodPassword });
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
            answers.Add(await response.Content.ReadAsStringAsync());
        }

        Assert.Equal(answers[0], answers[1]);
        Assert.DoesNotContain("tokens", answers[0], StringComparison.Ordinal);
        await app.MailAsync(taken.Email, "you already have an account");
        await app.MailAsync(free, "confirm your email");
        await app.SignInAsync(free);
    }

    [Fact]
    public async Task Private_registration_does_not_flood_the_owner_of_an_address()
    {
        var taken = await app.RegisterAsync(NewEmail("flooded"));
        await using var server = await app.StartAnotherAsync(("Accounts:PrivateRegistration", "true"));
        for (var i = 0; i < 12; i++)
        {
            var response = await server.SendAsync(
                HttpMethod.Post, "/api/auth/register/", null, new { email = taken.Email, first_name = "Jane", last_name = "Doe", password1 = GoodPassword, password2 = GoodPassword });
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        }

        Assert.Equal(0, await WaitingMailsAsync());
        Assert.Equal(10, app.MailsTo(taken.Email).Count(mail => mail.Subject.Contains("already have an account", StringComparison.Ordinal)));
    }

    private async Task<long> WaitingMailsAsync()
    {
        await AccountCalls.WithinAsync(TimeSpan.FromSeconds(10), async () => await CountAsync() == 0, "all mails left");
        return await CountAsync();

        Task<long> CountAsync() => app.AccountsSqlAsync<long>("SELECT count(*) FROM shared.outbox_messages");
    }

    private Task<bool> ExistsAsync(string email) => app.AccountsSqlAsync<bool>("SELECT EXISTS (SELECT FROM accounts.users WHERE normalized_email = $1)", email);
}

public sealed class RegisteringInOneProcess(OneProcess app) : RegisteringTests(app), IClassFixture<OneProcess>;

public sealed class RegisteringInAccountsAlone(AccountsAlone app) : RegisteringTests(app), IClassFixture<AccountsAlone>;
