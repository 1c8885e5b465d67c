using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Accounts;

/// <summary>The message that a redirect carries to the next page.</summary>
public sealed class NoticeTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const string Message = "signed out because you signed out in another window";

    [Fact]
    public async Task Request_of_a_script_leaves_the_message_for_the_page_that_the_browser_shows()
    {
        var person = await app.RegisterAsync();
        using var browser = await PageClient.SignInAsync(app, person);
        await app.AccountsSqlAsync<int>(
            "UPDATE accounts.sessions SET ended_at = now(), end_reason = 'signed_out' WHERE user_id = $1 RETURNING 1", person.Id);
        await Eventually.BecomeTrueAsync(async () => (int)(await browser.GetAsync("/profile")).StatusCode == 302);

        using var fetched = await browser.FetchAsync("/login");
        using var shown = await browser.GetAsync("/login");

        Assert.DoesNotContain(Message, await fetched.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains(Message, await shown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
