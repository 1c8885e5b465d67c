using Microsoft.Playwright;
using Patron.IntegrationTests.Crm;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;

namespace Patron.BrowserTests;

/// <summary>Changes of the own profile, with and without script.</summary>
public sealed class ProfileFlowTests(OneProcess app, Chromium chromium) : IClassFixture<OneProcess>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cards_open_a_form_and_show_what_was_saved(bool hasScript)
    {
        var person = await app.CustomerAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, app, new Look(HasScript: hasScript));
        await visitor.SignInAsync(person.Email);
        await visitor.FollowAsync("Profile");
        var username = $"amara.{Guid.NewGuid():N}"[..20];
        await visitor.FollowAsync("Edit: Name and phone");
        await visitor.FillAsync(("First name", "Amara Grace"), ("Username", username));
        await visitor.PressAsync("Save");
        await ShouldShowAsync(visitor, "name", "Changes saved.", "Amara Grace");

        await visitor.FollowAsync("Edit: Personal details");
        await visitor.FillAsync(("Preferred name", "Mimi"), ("Date of birth", "1991-02-03"));
        await visitor.Page.GetByLabel("Gender").SelectOptionAsync("female");
        await visitor.PressAsync("Save");
        await ShouldShowAsync(visitor, "details", "Changes saved.", "Mimi", "3 February 1991", "Female");

        await visitor.FollowAsync("Edit: Main address");
        await visitor.FillAsync(("City", "Mutare"));
        await visitor.Page.GetByLabel("Country").SelectOptionAsync("Germany");
        await visitor.PressAsync("Save");
        await ShouldShowAsync(visitor, "address", "Changes saved.", "Mutare", "12 Samora Machel Avenue", "Germany");
        await using var again = await Visitor.OpenAsync(chromium, app, new Look(HasScript: hasScript));
        await again.SignInAsync(username);
        await again.ShouldSeeAsync("Welcome, Mimi");
    }

    [Fact]
    public async Task A_refused_value_is_reported_at_its_field()
    {
        var person = await app.CustomerAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, app);
        await visitor.SignInAsync(person.Email);
        await visitor.GoAsync("/profile");
        await visitor.FollowAsync("Edit: Emergency contact");
        await visitor.FillAsync(("Name", "Chipo Moyo"), ("Phone", "call me"));
        await visitor.PressAsync("Save");

        await Assertions.Expect(visitor.Page.Locator("#emergency-form-emergency_contact_phone-error")).ToContainTextAsync("Enter a phone number like");
        await Assertions.Expect(visitor.Page.Locator("#emergency-form-emergency_contact_name")).ToHaveValueAsync("Chipo Moyo");
        Assert.Equal(1, await visitor.Page.GetByRole(AriaRole.Alert).CountAsync());
        await visitor.FollowAsync("Cancel");
        await visitor.ShouldBeAtAsync("/profile");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Addresses_are_added_changed_and_removed_after_confirmation(bool hasScript)
    {
        var person = await app.CustomerAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, app, new Look(HasScript: hasScript));
        await visitor.SignInAsync(person.Email);
        await visitor.GoAsync("/profile");
        await visitor.FollowAsync("Add address");
        await visitor.PressAsync("Save");
        await Assertions.Expect(visitor.Page.Locator("#address-address_line1-error")).ToContainTextAsync("Enter a street, city");
        await visitor.Page.GetByLabel("Address type").SelectOptionAsync("shipping");
        await visitor.FillAsync(("Street and number", "7 Quiet Lane"), ("City", "Gweru"));
        await visitor.PressAsync("Save");
        await visitor.ShouldSeeAsync("Address added.");

        await visitor.FollowAsync("Edit: 7 Quiet Lane, Gweru");
        await Assertions.Expect(visitor.Page.GetByLabel("Address type")).ToHaveValueAsync("shipping");
        await visitor.FillAsync(("City", "Kariba"));
        await visitor.PressAsync("Save");
        await visitor.ShouldSeeAsync("Changes saved.");

        await visitor.FollowAsync("Remove: 7 Quiet Lane, Kariba");
        await visitor.ShouldSeeAsync("Remove address?");
        await visitor.PressAsync("Remove");
        await visitor.ShouldSeeAsync("Address removed.");
        Assert.Equal(0, await visitor.Page.GetByText("7 Quiet Lane").CountAsync());
    }

    [Fact]
    public async Task An_address_of_another_customer_is_404()
    {
        var (person, other) = (await app.CustomerAsync(), await app.CustomerAsync());
        await using var visitor = await Visitor.OpenAsync(chromium, app);
        await visitor.SignInAsync(other.Email);
        await visitor.GoAsync("/profile");
        var theirs = await visitor.Page.Locator("#addresses a.danger").GetAttributeAsync("href");

        await using var stranger = await Visitor.OpenAsync(chromium, app);
        await stranger.SignInAsync(person.Email);
        foreach (var path in new[] { theirs!, theirs!.Replace("/remove", "", StringComparison.Ordinal) })
        {
            var answer = await stranger.Page.GotoAsync(path);
            Assert.Equal(404, answer!.Status);
            await stranger.ShouldSeeAsync("Page not found");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Preferences_are_saved_and_each_change_of_consent_is_in_the_history(bool hasScript)
    {
        var person = await app.CustomerAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, app, new Look(HasScript: hasScript));
        await visitor.SignInAsync(person.Email);
        await visitor.GoAsync("/profile");
        await visitor.FollowAsync("Edit: Preferences");
        await visitor.Page.GetByLabel("Preferred contact method").SelectOptionAsync("phone");
        await Assertions.Expect(visitor.Page.GetByLabel("Email me news and offers")).Not.ToBeCheckedAsync();
        await visitor.Page.GetByLabel("Text me news and offers").CheckAsync();
        await visitor.PressAsync("Save");

        await ShouldShowAsync(visitor, "preferences", "Changes saved.", "Phone");
        await visitor.Page.GetByText("Consent history").ClickAsync();
        var history = visitor.Page.Locator("#preferences li");
        await Assertions.Expect(history).ToHaveCountAsync(2);
        await Assertions.Expect(history.Filter(new() { HasText = "by email: opted out" })).ToContainTextAsync("by you");
        await Assertions.Expect(history.Filter(new() { HasText = "by text message: opted in" })).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task An_offer_is_accepted_or_declined()
    {
        var person = await app.CustomerAsync();
        foreach (var name in new[] { "Zebra Tours", "Acacia Bikes" })
        {
            var (vendor, _) = await app.ProvenBusinessAsync(name: name);
            await app.OfferAsync(vendor, person);
        }

        await using var visitor = await Visitor.OpenAsync(chromium, app);
        await visitor.SignInAsync(person.Email);
        await visitor.FollowAsync("View request");
        await Assertions.Expect(visitor.Page.Locator(".ask")).ToHaveCountAsync(2);
        await visitor.PressAsync("Decline: Zebra Tours");
        await visitor.ShouldSeeAsync("Request declined.");
        await visitor.PressAsync("Accept: Acacia Bikes");
        await visitor.ShouldSeeAsync("Linked.");
        Assert.Equal(0, await visitor.Page.Locator(".ask").CountAsync());
        Assert.Empty(await app.OffersAsync(person));
    }

    [Fact]
    public async Task A_person_without_a_record_creates_one()
    {
        var person = await app.RegisterAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, app);
        await visitor.SignInAsync(person.Email);
        await visitor.GoAsync("/profile");
        await visitor.PressAsync("Create profile");
        await visitor.ShouldSeeAsync("Profile created.");
        await visitor.ShouldSeeAsync("Account number");
    }

    private static async Task ShouldShowAsync(Visitor visitor, string card, params string[] texts)
    {
        foreach (var text in texts)
        {
            await Assertions.Expect(visitor.Page.Locator($"#{card}")).ToContainTextAsync(text);
        }
    }
}
