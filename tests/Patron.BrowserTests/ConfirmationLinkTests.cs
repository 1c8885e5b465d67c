using Microsoft.Playwright;
using Patron.IntegrationTests.Hosting;

namespace Patron.BrowserTests;

/// <summary>Confirmation links that were used, have expired, or are unknown.</summary>
public sealed class ConfirmationLinkTests(OneProcess app, Chromium chromium) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task A_used_link_says_that_the_address_is_confirmed_and_leads_to_sign_in()
    {
        var person = await app.RegisterAsync();
        var link = (await app.MailAsync(person.Email, "confirm")).LinkTo("/verify-email");
        await app.ProveAsync(person);
        await using var visitor = await Visitor.OpenAsync(chromium, app);

        await visitor.GoAsync(link);

        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Email address confirmed");
        await visitor.InspectAsync("verify-email-confirmed");
        await visitor.Page.Locator("main").GetByRole(AriaRole.Link, new() { Name = "Sign in" }).ClickAsync();
        await visitor.ShouldBeAtAsync("/login");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_expired_link_offers_a_new_one_that_works(bool hasScript)
    {
        var person = await app.RegisterAsync();
        var first = await app.MailAsync(person.Email, "confirm");
        await app.AccountsSqlAsync<object>("UPDATE accounts.challenges SET expires_at = now() - interval '1 hour' WHERE user_id = $1", person.Id);
        await using var visitor = await Visitor.OpenAsync(chromium, app, new Look(HasScript: hasScript));

        await visitor.GoAsync(first.LinkTo("/verify-email"));
        await visitor.PressAsync("Send new link");

        await visitor.ShouldSeeAsync("Email sent.");
        await Eventually.BecomeTrueAsync(() => Task.FromResult(app.MailsTo(person.Email).Count(mail => mail.Token.Length > 0) == 2));
        await visitor.GoAsync((await app.MailAsync(person.Email, "confirm")).LinkTo("/verify-email"));
        await visitor.Page.Locator("#verify-password").FillAsync(person.Password);
        await visitor.PressAsync("Confirm email address");
        await visitor.ShouldSeeAsync("Your email address is confirmed.");
    }

    [Fact]
    public async Task The_page_of_an_expired_link_is_accessible_on_a_phone()
    {
        var person = await app.RegisterAsync();
        var link = (await app.MailAsync(person.Email, "confirm")).LinkTo("/verify-email");
        await app.AccountsSqlAsync<object>("UPDATE accounts.challenges SET expires_at = now() - interval '1 hour' WHERE user_id = $1", person.Id);
        await using var visitor = await Visitor.OpenAsync(chromium, app, new Look(390));

        await visitor.GoAsync(link);

        await visitor.InspectAsync("verify-email-expired");
    }

    [Fact]
    public async Task An_unknown_link_learns_nothing_and_leads_to_sign_in()
    {
        await using var visitor = await Visitor.OpenAsync(chromium, app);

        await visitor.GoAsync("/verify-email?token=abc");

        await visitor.ShouldSeeAsync("This link has expired or has already been used.");
        Assert.Equal(0, await visitor.Page.Locator("main form").CountAsync());
        await visitor.InspectAsync("verify-email-unknown");
        await visitor.Page.Locator("main").GetByRole(AriaRole.Link, new() { Name = "Sign in" }).ClickAsync();
        await visitor.ShouldBeAtAsync("/login");
    }

    [Fact]
    public async Task A_person_without_a_password_sets_one_and_is_signed_in()
    {
        var person = await app.RegisterAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, app);
        await visitor.GoAsync((await app.MailAsync(person.Email, "confirm")).LinkTo("/verify-email"));
        await visitor.Page.GetByText("I never set a password").ClickAsync();
        await visitor.Page.Locator("#take-over-password").FillAsync("quiet harbour 9");
        await visitor.Page.Locator("#take-over-password_confirmation").FillAsync("quiet harbour 9");
        await visitor.PressAsync("Set password");

        await visitor.ShouldBeAtAsync("/dashboard");
        await visitor.ShouldSeeAsync("Your new password is set, and you're signed in.");
    }
}
