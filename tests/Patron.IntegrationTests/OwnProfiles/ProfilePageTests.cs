using System.Net;
using Patron.IntegrationTests.Crm;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;
using Patron.IntegrationTests.Reliability;

namespace Patron.IntegrationTests.OwnProfiles;

/// <summary>The profile page: read-only cards, each with a form on a page of its own.</summary>
public sealed class ProfilePageTests(TestDatabase database, OneProcess app) : IClassFixture<OneProcess>
{
    [Theory]
    [InlineData("name", "first_name", "Janet")]
    [InlineData("details", "preferred_name", "Jay")]
    [InlineData("address", "city", "Salem")]
    [InlineData("emergency", "emergency_contact_name", "Sam Doe")]
    [InlineData("preferences", "preferred_contact_method", "phone")]
    public async Task Saved_form_leads_back_to_its_card_which_shows_the_notice(string card, string field, string value)
    {
        var visitor = await VisitorAsync();
        Assert.DoesNotContain("<input id=", await visitor.OpenAsync("/profile"), StringComparison.Ordinal);

        Assert.Equal($"/profile#{card}", await visitor.PostAsync($"/profile/{card}", $"/profile/{card}", (field, value)));
        var page = await visitor.OpenAsync("/profile");
        Assert.Contains("Changes saved.", PageVisitor.Card(page, card), StringComparison.Ordinal);
        Assert.Contains(value, PageVisitor.Card(page, card), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(2, page.Split("class=\"notice\"").Length);
        Assert.DoesNotContain("Changes saved.", await visitor.OpenAsync("/profile"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Consents_are_shown_as_yes_or_no()
    {
        var visitor = await VisitorAsync();
        await visitor.PostAsync("/profile/preferences", "/profile/preferences", ("marketing_emails", "off"), ("marketing_sms", "on"));
        var card = PageVisitor.Card(await visitor.OpenAsync("/profile"), "preferences")!;
        Assert.Matches("News and offers by email</dt>\\s*<dd>\\s*No\\b", card);
        Assert.Matches("News and offers by text message</dt>\\s*<dd>\\s*Yes\\b", card);
    }

    [Fact]
    public async Task Refused_form_shows_the_mistake_and_what_was_typed()
    {
        var visitor = await VisitorAsync();
        var page = await visitor.RefusedAsync(
            "/profile/emergency", "/profile/emergency", [("emergency_contact_name", "Chipo Moyo"), ("emergency_contact_phone", "call me")]);
        Assert.Contains("value=\"Chipo Moyo\"", page, StringComparison.Ordinal);
        Assert.Contains("value=\"call me\"", page, StringComparison.Ordinal);
        Assert.Contains("id=\"emergency-form-emergency_contact_phone-error\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"address-form", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Added_address_is_announced_in_its_card()
    {
        var visitor = await VisitorAsync();
        Assert.Equal("/profile#addresses", await visitor.PostAsync("/profile/addresses/new", "/profile/addresses/new", ("type", "shipping"), ("city", "Gweru")));
        Assert.Contains("Address added.", PageVisitor.Card(await visitor.OpenAsync("/profile"), "addresses"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Company_has_no_emergency_contact()
    {
        var email = Intents.NewEmail();
        await (await app.PostCrmAsync(await app.SomeStaffAsync(), new { name = "Baobab", customer_type = "company", email })).ShouldBeAsync(HttpStatusCode.Created);
        var visitor = await PageVisitor.SignInAsync(app, await app.ProvenPersonAsync(email));
        Assert.Null(PageVisitor.Card(await visitor.OpenAsync("/profile"), "emergency"));
        await visitor.OpenAsync("/profile/emergency", HttpStatusCode.NotFound);
        Assert.Contains("Baobab", PageVisitor.Card(await visitor.OpenAsync("/profile"), "details"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forms_of_a_record_are_404_without_one()
    {
        var visitor = await PageVisitor.SignInAsync(app, await app.RegisterAsync());
        Assert.Contains("Registered", await NameAsync(visitor, "Registered"), StringComparison.Ordinal);
        await visitor.OpenAsync("/profile/details", HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("de", "Deutschland", "Zimbabwe", "Simbabwe")]
    [InlineData("en", "Germany", "ZW", "Zimbabwe")]
    public async Task Country_is_chosen_by_its_name_in_the_language_of_the_page(string language, string name, string stored, string shown)
    {
        var person = await app.ProvenPersonAsync();
        await app.CreateProfileAsync(person, new { city = "Harare", country = stored });
        var visitor = await PageVisitor.SignInAsync(app, person, language);
        var form = await visitor.OpenAsync("/profile/address");
        Assert.Contains($"<option value=\"{stored}\" selected>{shown}</option>", form, StringComparison.Ordinal);
        Assert.Contains($"<option value=\"Germany\">{name}</option>", form, StringComparison.Ordinal);
        Assert.Contains(shown, PageVisitor.Card(await visitor.OpenAsync("/profile"), "address"), StringComparison.Ordinal);

        await visitor.PostAsync("/profile/address", "/profile/address", ("country", "Germany"));
        Assert.Equal(("Germany", "DE"), await CountryAsync(person));
    }

    [Theory]
    [InlineData("country", "Atlantis")]
    [InlineData("gender", "agender")]
    public async Task Stored_value_that_is_no_choice_stays_selectable(string field, string stored)
    {
        var person = await app.ProvenPersonAsync();
        await app.CreateProfileAsync(person, new Dictionary<string, string> { ["city"] = "Harare", [field] = stored });
        var form = await (await PageVisitor.SignInAsync(app, person)).OpenAsync(field == "gender" ? "/profile/details" : "/profile/address");
        Assert.Contains($"<option value=\"{stored}\" selected>{stored}</option>", form, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gender_is_a_choice_that_keeps_the_stored_spelling()
    {
        var person = await app.ProvenPersonAsync();
        await app.CreateProfileAsync(person, new { gender = "FEMALE" });
        var visitor = await PageVisitor.SignInAsync(app, person, "de");
        var form = await visitor.OpenAsync("/profile/details");
        Assert.Contains("<option value=\"FEMALE\" selected>Weiblich</option>", form, StringComparison.Ordinal);
        Assert.Contains("<option value=\"undisclosed\">", form, StringComparison.Ordinal);
        Assert.Contains("Weiblich", PageVisitor.Card(await visitor.OpenAsync("/profile"), "details"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Completeness_counts_what_the_settings_name()
    {
        await using var other = await ServerOn.StartAsync(
            database, await app.CopyOfDatabaseAsync(), new() { ["Customers:ProfileFields:0"] = "email", ["Customers:ProfileFields:1"] = "gender", ["Customers:ProfileFields:2"] = "tax_id" });
        var person = await other.ProvenPersonAsync();
        await other.CreateProfileAsync(person);
        var visitor = await PageVisitor.SignInAsync(other, person);
        var card = PageVisitor.Card(await visitor.OpenAsync("/profile"), "completeness");
        Assert.Contains("50% complete", card, StringComparison.Ordinal);
        Assert.Contains("Missing: Gender<", card, StringComparison.Ordinal);

        await visitor.PostAsync("/profile/details", "/profile/details", ("gender", "other"));
        Assert.DoesNotContain("complete\"", PageVisitor.Card(await visitor.OpenAsync("/profile"), "completeness"), StringComparison.Ordinal);
    }

    private async Task<PageVisitor> VisitorAsync()
    {
        var person = await app.ProvenPersonAsync();
        await app.CreateProfileAsync(person);
        return await PageVisitor.SignInAsync(app, person);
    }

    private static async Task<string?> NameAsync(PageVisitor visitor, string name)
    {
        await visitor.PostAsync("/profile/name", "/profile/name", ("first_name", name));
        return PageVisitor.Card(await visitor.OpenAsync("/profile"), "name");
    }

    private async Task<(string?, string?)> CountryAsync(Person person)
    {
        var id = (await app.ReadProfileAsync(person)).Id();
        return (await app.CustomersSqlAsync<string>("SELECT country FROM customers.customers WHERE customer_id = $1", id),
            await app.CustomersSqlAsync<string>("SELECT country_code FROM customers.customers WHERE customer_id = $1", id));
    }
}
