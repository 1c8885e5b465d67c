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
    public async Task Names_details_and_primary_address_have_a_form_each(bool hasScript)
    {
        var person = await app.CustomerAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, app, new Look(HasScript: hasScript));
        await visitor.SignInAsync(person.Email);
        await visitor.FollowAsync("Profile");
        await visitor.ShouldSeeAsync("50 % filled in");
        var username = $"amara.{Guid.NewGuid():N}"[..20];
        await visitor.FillAsync(("First name", "Amara Grace"), ("Username", username));
        await SaveAsync(visitor, "name");
        await visitor.ShouldSeeAsync("Your changes are saved.");
        await Assertions.Expect(visitor.Page.GetByLabel("First name")).ToHaveValueAsync("Amara Grace");

        await visitor.FillAsync(("Preferred name", "Mimi"), ("Date of birth", "1991-02-03"), ("Gender", "female"));
        await SaveAsync(visitor, "details");
        await visitor.ShouldSeeAsync("60 % filled in");
        await visitor.Page.Locator("#address-form-city").FillAsync("Mutare");
        await SaveAsync(visitor, "address");
        await visitor.ShouldSeeAsync("Your changes are saved.");
        await Assertions.Expect(visitor.Page.Locator("#address-form-city")).ToHaveValueAsync("Mutare");
        await Assertions.Expect(visitor.Page.Locator("#address-form-address_line1")).ToHaveValueAsync("12 Samora Machel Avenue");
        await Assertions.Expect(visitor.Page.GetByLabel("Date of birth")).ToHaveValueAsync("1991-02-03");
        await Assertions.Expect(visitor.Page.GetByLabel("Preferred name")).ToHaveValueAsync("Mimi");
        await using var again = await Visitor.OpenAsync(chromium, app, new Look(HasScript: hasScript));
        await again.SignInAsync(username);
        await again.ShouldSeeAsync("Welcome, Mimi");
    }

    [Fact]
    public async Task A_refused_value_is_reported_at_its_field_and_other_forms_do_not_change()
    {
        var person = await app.CustomerAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, app);
        await visitor.SignInAsync(person.Email);
        await visitor.GoAsync("/profile");
        await visitor.Page.Locator("#emergency-form-emergency_contact_name").FillAsync("Chipo Moyo");
        await visitor.Page.Locator("#emergency-form-emergency_contact_phone").FillAsync("call me");
        await SaveAsync(visitor, "emergency");

        await Assertions.Expect(visitor.Page.Locator("#emergency-form-emergency_contact_phone-error")).ToContainTextAsync("A phone number has 5 to 15 digits");
        await Assertions.Expect(visitor.Page.Locator("#emergency-form-emergency_contact_name")).ToHaveValueAsync("Chipo Moyo");
        Assert.Equal(1, await visitor.Page.GetByRole(AriaRole.Alert).CountAsync());
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
        await visitor.FollowAsync("Add an address");
        await visitor.PressAsync("Save");
        await Assertions.Expect(visitor.Page.Locator("#address-address_line1-error")).ToContainTextAsync("at least one of its lines");
        await visitor.Page.GetByLabel("Kind of address").SelectOptionAsync("shipping");
        await visitor.FillAsync(("Street and number", "7 Quiet Lane"), ("City", "Gweru"));
        await visitor.PressAsync("Save");
        await visitor.ShouldSeeAsync("The address is added.");

        await visitor.FollowAsync("Change: 7 Quiet Lane, Gweru");
        await Assertions.Expect(visitor.Page.GetByLabel("Kind of address")).ToHaveValueAsync("shipping");
        await visitor.FillAsync(("City", "Kariba"));
        await visitor.PressAsync("Save");
        await visitor.ShouldSeeAsync("Your changes are saved.");

        await visitor.FollowAsync("Remove: 7 Quiet Lane, Kariba");
        await visitor.ShouldSeeAsync("Remove this address?");
        await visitor.PressAsync("Remove");
        await visitor.ShouldSeeAsync("The address is removed.");
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
        await visitor.Page.GetByLabel("We reach you best by").SelectOptionAsync("phone");
        await visitor.Page.GetByLabel("News and offers by e-mail").UncheckAsync();
        await visitor.Page.GetByLabel("News and offers by text message").CheckAsync();
        await SaveAsync(visitor, "preferences");

        await visitor.ShouldSeeAsync("Your changes are saved.");
        await Assertions.Expect(visitor.Page.GetByLabel("We reach you best by")).ToHaveValueAsync("phone");
        await Assertions.Expect(visitor.Page.GetByLabel("News and offers by e-mail")).Not.ToBeCheckedAsync();
        var history = visitor.Page.Locator("#preferences li");
        await Assertions.Expect(history).ToHaveCountAsync(2);
        await Assertions.Expect(history.Filter(new() { HasText = "by e-mail: withdrawn" })).ToContainTextAsync("by you");
        await Assertions.Expect(history.Filter(new() { HasText = "by text message: given" })).ToHaveCountAsync(1);
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
        await visitor.FollowAsync("Have a look");
        await Assertions.Expect(visitor.Page.Locator(".ask")).ToHaveCountAsync(2);
        await visitor.PressAsync("Decline: Zebra Tours");
        await visitor.ShouldSeeAsync("The offer is declined.");
        await visitor.PressAsync("Accept: Acacia Bikes");
        await visitor.ShouldSeeAsync("The record is tied to your account.");
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
        await visitor.PressAsync("Create my record");
        await visitor.ShouldSeeAsync("Your customer record is there.");
        await visitor.ShouldSeeAsync("Account number");
    }

    private static Task SaveAsync(Visitor visitor, string form) => visitor.Page.Locator($"#{form}-form .actions button").ClickAsync();
}
