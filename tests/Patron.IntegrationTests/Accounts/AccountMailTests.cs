using System.Net;
using System.Text.RegularExpressions;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Hosting.Intents;

namespace Patron.IntegrationTests.Accounts;

/// <summary>The language of mails, and what notices about security say.</summary>
public sealed class AccountMailTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const string Firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";
    private static readonly (string, string) German = ("Accept-Language", "de-AT");

    [Fact]
    public async Task Mails_have_the_language_of_the_account_whatever_the_page()
    {
        var person = await RegisterInGermanAsync();
        Assert.Equal("Bestätigen Sie Ihre E-Mail-Adresse", (await app.MailAsync(person)).Subject);

        await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/password/forgot/", null, new { email = person }, ("Accept-Language", "en"));
        var reset = await app.MailAsync(person, "Setzen Sie");
        Assert.StartsWith("Guten Tag Jane,\n\n", reset.Text, StringComparison.Ordinal);
        Assert.Contains("<html lang=\"de\">", reset.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_language_of_the_account_mails_have_the_one_of_the_page()
    {
        var person = await app.RegisterAsync();
        await app.AccountsSqlAsync<object>("UPDATE accounts.users SET language = NULL WHERE id = $1", person.Id);

        await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/password/forgot/", null, new { email = person.Email }, German);
        await app.MailAsync(person.Email, "Setzen Sie Ihr Passwort");
    }

    [Fact]
    public async Task Request_for_a_reset_that_an_older_version_queued_is_handled()
    {
        var person = await app.RegisterAsync();
        await app.AccountsSqlAsync<object>(
            "INSERT INTO shared.outbox_messages (kind, payload, created_at, due_at) VALUES ('accounts.forgot_password', to_jsonb($1::text), now(), now())", person.Email.ToLowerInvariant());
        await app.MailAsync(person.Email, "reset your");
    }

    [Fact]
    public async Task Notice_of_a_changed_password_says_when_where_and_what_to_do()
    {
        var person = await app.RegisterAsync();
        await (await app.Accounts.SendAsync(
            HttpMethod.Post, "/api/auth/password/change/", person,
            new { current_password = person.Password, password1 = AccountCalls.OtherPassword, password2 = AccountCalls.OtherPassword }, ("User-Agent", Firefox)))
            .ShouldBeAsync(HttpStatusCode.NoContent);

        var mail = await app.MailAsync(person.Email, "password was changed");
        Assert.Matches(
            new Regex(@"^Time: \d+ \w+ \d{4}, \d\d:\d\d UTC\nDevice: Firefox, Windows\nApproximate IP address: 127\.0\.0\.0/24$", RegexOptions.Multiline, TimeSpan.FromSeconds(1)), mail.Text);
        Assert.DoesNotContain("127.0.0.1\n", mail.Text, StringComparison.Ordinal);
        var page = $"{app.Accounts.Address}forgot-password?email={Uri.EscapeDataString(person.Email)}";
        Assert.Single(mail.Text.Split('\n'), line => line == page);
        Assert.Contains(
            $"value=\"{person.Email}\"", await app.Accounts.Client.GetStringAsync(new Uri(page)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Notices_of_a_changed_address_mask_the_new_one()
    {
        var person = await app.RegisterAsync();
        var address = NewEmail("lena");
        await (await app.UpdateProfileAsync(person, new { email = address, current_password = person.Password })).ShouldBeAsync(HttpStatusCode.OK);
        var token = (await app.MailAsync(address)).Token;
        var before = await app.MailAsync(person.Email, "is being changed");
        await (await app.PostAsync("email/verify/", new { token }, person)).ShouldBeAsync(HttpStatusCode.OK);
        var after = await app.MailAsync(person.Email, "was changed");

        Assert.All([before, after], mail =>
        {
            Assert.Contains(" l***@t***.example", mail.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(address, mail.Message.ToString(), StringComparison.OrdinalIgnoreCase);
            Assert.Contains("\nTime: ", mail.Text, StringComparison.Ordinal);
        });
        Assert.Contains($"\n{app.Accounts.Address}security\n", after.Text, StringComparison.Ordinal);
    }

    private async Task<string> RegisterInGermanAsync()
    {
        var email = NewEmail();
        await (await app.Accounts.SendAsync(
            HttpMethod.Post, "/api/auth/register/", null,
            new { email, first_name = "Jane", last_name = "Doe", password1 = GoodPassword, password2 = GoodPassword }, German)).ShouldBeAsync(HttpStatusCode.Created);
        return email;
    }
}
