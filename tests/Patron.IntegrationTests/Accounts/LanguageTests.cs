using System.Net;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;
using Patron.IntegrationTests.OwnProfiles;
using static Patron.IntegrationTests.Hosting.Intents;

namespace Patron.IntegrationTests.Accounts;

/// <summary>The language of accounts: chosen at registration, changed by the API and on pages, and followed by pages and records.</summary>
public sealed class LanguageTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Theory]
    [InlineData("de-AT,en;q=0.8", null, "de")]
    [InlineData("fr", null, null)]
    [InlineData("de", "pt-br", "pt-BR")]
    public async Task Registration_takes_the_named_language_else_that_of_the_request(string acceptLanguage, string? named, string? expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/register/")
        {
            Content = System.Net.Http.Json.JsonContent.Create(
                new { email = NewEmail(), first_name = "Jane", last_name = "Doe", password1 = GoodPassword, password2 = GoodPassword, language = named }),
        };
        request.Headers.AcceptLanguage.ParseAdd(acceptLanguage);
        var account = await (await app.Accounts.Client.SendAsync(request)).ShouldBeAsync(HttpStatusCode.Created);
        Assert.Equal(expected, account.Text("language"));
    }

    [Fact]
    public async Task Language_is_changed_and_cleared_and_the_record_shows_it()
    {
        var (person, staff) = (await app.ProvenPersonAsync(), await app.SomeStaffAsync());
        var changed = await (await app.UpdateProfileAsync(person, new { language = "DE-at" })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("de-AT", changed.Text("language"));
        var record = await app.CreateProfileAsync(person);
        Assert.Equal("de-AT", (await app.ReadCustomerAsync(staff, record.Text("id")!)).Text("language"));

        await (await app.UpdateProfileAsync(person, new { language = "en" })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("en", (await app.ReadCustomerAsync(staff, record.Text("id")!)).Text("language"));
        await (await app.UpdateProfileAsync(person, new { language = "de_DE" })).ShouldBeInvalidAsync("language");
        var cleared = await (await app.UpdateProfileAsync(person, new { language = (string?)null })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Null(cleared.Text("language"));
    }

    [Fact]
    public async Task The_account_owns_the_language_of_a_linked_record()
    {
        var (person, staff) = (await app.ProvenPersonAsync(), await app.SomeStaffAsync());
        await app.UpdateProfileAsync(person, new { language = "de" });
        var id = (await app.CreateProfileAsync(person)).Text("id")!;
        var refused = await (await app.PutCustomerAsync(staff, id, new { language = "en" })).ShouldBeAsync(HttpStatusCode.BadRequest);
        Assert.Contains("language", refused.Text("detail"), StringComparison.Ordinal);

        var unlinked = (await app.CreateCustomerAsync(staff)).Id();
        var written = await (await app.PutCustomerAsync(staff, unlinked, new { language = "DE" })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("de", written.Text("language"));
    }

    [Fact]
    public async Task Pages_follow_the_account_and_a_choice_on_a_page_changes_it()
    {
        var person = await app.RegisterAsync();
        await app.UpdateProfileAsync(person, new { language = "de" });
        using var browser = await PageClient.SignInAsync(app, person);
        var page = await browser.GetAsync("/profile");
        Assert.Equal(["de"], page.Content.Headers.ContentLanguage);

        await browser.PostAsync("/profile", "/language", ("language", "en"), ("return_url", "/profile"));
        Assert.Equal(["en"], (await browser.GetAsync("/profile")).Content.Headers.ContentLanguage);
        var account = await (await app.GetAsync("profile/", person)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("en", account.Text("language"));
    }
}
