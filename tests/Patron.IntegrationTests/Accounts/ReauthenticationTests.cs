using System.Net;
using Patron.IntegrationTests.Activation;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Accounts;

/// <summary>Confirming who uses a session, by the password or a mailed code.</summary>
public sealed class ReauthenticationTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const string Path = "reauthenticate/";

    [Fact]
    public async Task A_password_confirms_the_session_and_a_wrong_one_does_not()
    {
        var person = await app.RegisterAsync();
        await (await app.PostAsync(Path, new { password = "wrong, of course" }, person)).ShouldFailAsync(HttpStatusCode.BadRequest);
        Assert.False(await IsConfirmedAsync(person));

        await (await app.PostAsync(Path, new { password = person.Password }, person)).ShouldBeAsync(HttpStatusCode.NoContent);
        Assert.True(await IsConfirmedAsync(person));
        Assert.Equal(1, await app.CountAuditEntriesAsync(person.Id, "session.confirmed"));
    }

    [Fact]
    public async Task A_mailed_code_confirms_the_session_of_an_account_without_a_password_once()
    {
        var person = await app.RegisterAsync();
        await app.AccountsSqlAsync<object>("UPDATE accounts.users SET password_hash = NULL WHERE id = $1", person.Id);
        var code = await CodeAsync(person);

        await (await TryAsync(person, code.Wrong())).ShouldFailAsync(HttpStatusCode.BadRequest);
        Assert.False(await IsConfirmedAsync(person));
        await (await TryAsync(person, $" {code[..3]} {code[3..]}")).ShouldBeAsync(HttpStatusCode.NoContent);

        Assert.True(await IsConfirmedAsync(person));
        Assert.Equal(1, await app.CountAuditEntriesAsync(person.Id, "session.confirmed"));
        await ShouldHaveEndedAsync(person, code);
    }

    [Fact]
    public async Task The_code_begins_the_subject_and_is_alone_on_its_line()
    {
        var person = await app.RegisterAsync();
        var code = await CodeAsync(person);
        var mail = await app.MailAsync(person.Email, "is your");

        Assert.StartsWith($"{code} ", mail.Subject, StringComparison.Ordinal);
        Assert.DoesNotContain(mail.Text[..mail.Text.IndexOf(code, StringComparison.Ordinal)], char.IsAsciiDigit);
        Assert.Contains("If this wasn't you", mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_expires_after_ten_minutes_and_a_newer_one_replaces_it()
    {
        var person = await app.RegisterAsync();
        var first = await CodeAsync(person);
        var second = await CodeAsync(person);
        if (first != second)
        {
            await (await TryAsync(person, first)).ShouldFailAsync(HttpStatusCode.BadRequest);
        }

        await (await TryAsync(person, second)).ShouldBeAsync(HttpStatusCode.NoContent);
        var third = await CodeAsync(person);
        await app.AccountsSqlAsync<object>("UPDATE accounts.reauthentication_codes SET expires_at = expires_at - interval '10 minutes'");
        await ShouldHaveEndedAsync(person, third);
    }

    [Fact]
    public async Task A_code_is_for_one_session_of_one_account_at_one_address()
    {
        var person = await app.RegisterAsync();
        var code = await CodeAsync(person);
        var other = await app.RegisterAsync();
        await ShouldHaveEndedAsync(other, code);
        await ShouldHaveEndedAsync(await app.SignInAsync(person.Email), code);

        await app.AccountsSqlAsync<object>(
            "UPDATE accounts.users SET normalized_email = normalized_email || 'x', email = email || 'x' WHERE id = $1", person.Id);
        await ShouldHaveEndedAsync(person, code);
        await app.AccountsSqlAsync<object>(
            "UPDATE accounts.users SET normalized_email = rtrim(normalized_email, 'x'), email = rtrim(email, 'x') WHERE id = $1", person.Id);
        await (await TryAsync(person, code)).ShouldBeAsync(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Codes_are_good_for_nothing_else_and_other_codes_are_not_good_here()
    {
        var person = await app.RegisterAsync();
        var code = await CodeAsync(person);
        await (await app.PostAsync("email/verify/", new { token = code }, person)).ShouldFailAsync(HttpStatusCode.BadRequest);
        await (await app.ResetAsync(code)).ShouldFailAsync(HttpStatusCode.BadRequest);

        var (_, email) = await app.WaitingCustomerAsync();
        var (_, activation, token) = await app.StartedSetupAsync(email);
        if (activation != code)
        {
            await (await TryAsync(person, activation)).ShouldFailAsync(HttpStatusCode.BadRequest);
        }

        await (await TryAsync(person, token)).ShouldBeInvalidAsync("code");
    }

    [Fact]
    public async Task Five_wrong_codes_end_a_code_and_concurrent_guesses_are_counted()
    {
        var person = await app.RegisterAsync();
        var code = await CodeAsync(person);

        var answers = await AccountCalls.ConcurrentlyAsync(20, _ => TryAsync(person, code.Wrong()));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode));
        Assert.Equal(5, await app.AccountsSqlAsync<int>(
            "SELECT c.tries FROM accounts.reauthentication_codes c JOIN accounts.sessions s ON s.id = c.session_id WHERE s.user_id = $1", person.Id));
        await ShouldHaveEndedAsync(person, code);
    }

    [Fact]
    public async Task Twenty_wrong_codes_within_a_day_block_codes_but_not_the_password()
    {
        var person = await app.RegisterAsync();
        for (var sent = 0; sent < 4; sent++)
        {
            var wrong = (await CodeAsync(person)).Wrong();
            await AccountCalls.ConcurrentlyAsync(5, _ => TryAsync(person, wrong));
        }

        await (await TryAsync(person, await CodeAsync(person))).ShouldFailAsync(HttpStatusCode.TooManyRequests);
        await (await app.PostAsync(Path, new { password = person.Password }, person)).ShouldBeAsync(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Of_two_requests_with_one_code_one_succeeds()
    {
        var person = await app.RegisterAsync();
        var code = await CodeAsync(person);

        var answers = await AccountCalls.ConcurrentlyAsync(2, _ => TryAsync(person, code));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.NoContent);
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.BadRequest);
        Assert.Equal(1, await app.CountAuditEntriesAsync(person.Id, "session.confirmed"));
    }

    [Fact]
    public async Task Ten_codes_an_hour_are_mailed_and_no_more()
    {
        var person = await app.RegisterAsync();
        var answers = await AccountCalls.ConcurrentlyAsync(12, _ => app.PostAsync(Path + "code/", who: person));

        Assert.Equal(10, answers.Count(answer => answer.StatusCode == HttpStatusCode.Accepted));
        Assert.Equal(2, answers.Count(answer => answer.StatusCode == HttpStatusCode.TooManyRequests));
    }

    [Fact]
    public async Task Only_people_with_a_session_confirm_and_one_proof_is_sent()
    {
        var person = await app.RegisterAsync();
        await (await app.PostAsync(Path + "code/")).ShouldFailAsync(HttpStatusCode.Unauthorized);
        await (await app.PostAsync(Path, new { }, person)).ShouldBeInvalidAsync("password");
        await (await app.PostAsync(Path, new { password = person.Password, code = "123456" }, person)).ShouldBeInvalidAsync("code");
        await (await TryAsync(person, "12345")).ShouldBeInvalidAsync("code");
        var key = ("X-Api-Key", await app.ApiKeyAsync());
        await (await app.PostAsync(Path + "code/", null, null, key)).ShouldFailAsync(HttpStatusCode.Forbidden);
    }

    private Task<HttpResponseMessage> TryAsync(Person person, string code) => app.PostAsync(Path, new { code }, person);

    private async Task ShouldHaveEndedAsync(Person person, string code)
    {
        var answer = await (await TryAsync(person, code)).ShouldFailAsync(HttpStatusCode.BadRequest);
        Assert.Equal("code_expired", answer.GetProperty("code").GetString());
    }

    private async Task<string> CodeAsync(Person person)
    {
        var before = Codes();
        await (await app.PostAsync(Path + "code/", who: person)).ShouldBeAsync(HttpStatusCode.Accepted);
        await AccountCalls.WithinAsync(TimeSpan.FromSeconds(10), () => Task.FromResult(Codes() > before), "the mail with the code");
        return (await app.MailAsync(person.Email, "is your")).Code();

        int Codes() => app.MailsTo(person.Email).Count(mail => mail.Subject.Contains("is your", StringComparison.Ordinal));
    }

    private Task<bool> IsConfirmedAsync(Person person) => app.AccountsSqlAsync<bool>(
        "SELECT EXISTS (SELECT FROM accounts.sessions WHERE user_id = $1 AND reauthenticated_at IS NOT NULL)", person.Id);
}
