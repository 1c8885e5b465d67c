using Microsoft.Playwright;
using Patron.IntegrationTests.Crm;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;

namespace Patron.BrowserTests;

/// <summary>What a customer changes about themselves, with and without script.</summary>
public sealed class ProfileFlowTests(OneProcess app, Chromium chromium) : IClassFixture<OneProcess>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Names_details_and_the_main_address_are_changed_each_by_its_form(bool hasScript)
    {
        var person = await app.CustomerAsync();
        await using var visitor = await Visitor.ComeAsync(chromium, app, new Look(HasScript: hasScript));
        await visitor.SignInAsync(person.Email);
        await visitor.FollowAsync("Profile");
        await visitor.SeesAsync("50 % filled in");
        var username = $"amara.{Guid.NewGuid():N}"[..20];
        await visitor.FillAsync(("First name", "Amara Grace"), ("User name", username));
        await SaveAsync(visitor, "name");
        await visitor.SeesAsync("Your changes are saved.");
        await Assertions.Expect(visitor.Page.GetByLabel("First name")).ToHaveValueAsync("Amara Grace");

        await visitor.FillAsync(("Preferred name", "Mimi"), ("Date of birth", "1991-02-03"), ("Gender", "female"));
        await SaveAsync(visitor, "details");
        await visitor.SeesAsync("60 % filled in");
        await visitor.Page.Locator("#address-form-city").FillAsync("Mutare");
        await SaveAsync(visitor, "address");
        await visitor.SeesAsync("Your changes are saved.");
        await Assertions.Expect(visitor.Page.Locator("#address-form-city")).ToHaveValueAsync("Mutare");
        await Assertions.Expect(visitor.Page.Locator("#address-form-address_line1")).ToHaveValueAsync("12 Samora Machel Avenue");
        await Assertions.Expect(visitor.Page.GetByLabel("Date of birth")).ToHaveValueAsync("1991-02-03");
        await Assertions.Expect(visitor.Page.GetByLabel("Preferred name")).ToHaveValueAsync("Mimi");
        await using var again = await Visitor.ComeAsync(chromium, app, new Look(HasScript: hasScript));
        await again.SignInAsync(username);
        await again.SeesAsync("Welcome, Mimi");
    }

    [Fact]
    public async Task A_refused_value_is_said_beside_its_field_and_the_other_forms_stay_as_they_are()
    {
        var person = await app.CustomerAsync();
        await using var visitor = await Visitor.ComeAsync(chromium, app);
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
    public async Task Addresses_are_added_changed_and_removed_after_a_question(bool hasScript)
    {
        var person = await app.CustomerAsync();
        await using var visitor = await Visitor.ComeAsync(chromium, app, new Look(HasScript: hasScript));
        await visitor.SignInAsync(person.Email);
        await visitor.GoAsync("/profile");
        await visitor.FollowAsync("Add an address");
        await visitor.PressAsync("Save");
        await Assertions.Expect(visitor.Page.Locator("#address-address_line1-error")).ToContainTextAsync("at least one of its lines");
        await visitor.Page.GetByLabel("Kind of address").SelectOptionAsync("shipping");
        await visitor.FillAsync(("Street and number", "7 Quiet Lane"), ("City", "Gweru"));
        await visitor.PressAsync("Save");
        await visitor.SeesAsync("The address is added.");

        await visitor.FollowAsync("Change: 7 Quiet Lane, Gweru");
        await Assertions.Expect(visitor.Page.GetByLabel("Kind of address")).ToHaveValueAsync("shipping");
        await visitor.FillAsync(("City", "Kariba"));
        await visitor.PressAsync("Save");
        await visitor.SeesAsync("Your changes are saved.");

        await visitor.FollowAsync("Remove: 7 Quiet Lane, Kariba");
        await visitor.SeesAsync("Remove this address?");
        await visitor.PressAsync("Remove");
        await visitor.SeesAsync("The address is removed.");
        Assert.Equal(0, await visitor.Page.GetByText("7 Quiet Lane").CountAsync());
    }

    [Fact]
    public async Task Somebody_elses_address_is_not_there()
    {
        var (person, other) = (await app.CustomerAsync(), await app.CustomerAsync());
        await using var visitor = await Visitor.ComeAsync(chromium, app);
        await visitor.SignInAsync(other.Email);
        await visitor.GoAsync("/profile");
        var theirs = await visitor.Page.Locator("#addresses a.danger").GetAttributeAsync("href");

        await using var stranger = await Visitor.ComeAsync(chromium, app);
        await stranger.SignInAsync(person.Email);
        foreach (var path in new[] { theirs!, theirs!.Replace("/remove", "", StringComparison.Ordinal) })
        {
            var answer = await stranger.Page.GotoAsync(path);
            Assert.Equal(404, answer!.Status);
            await stranger.SeesAsync("There is no such page");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Preferences_are_kept_and_each_change_of_consent_stands_in_its_history(bool hasScript)
    {
        var person = await app.CustomerAsync();
        await using var visitor = await Visitor.ComeAsync(chromium, app, new Look(HasScript: hasScript));
        await visitor.SignInAsync(person.Email);
        await visitor.GoAsync("/profile");
        await visitor.Page.GetByLabel("We reach you best by").SelectOptionAsync("phone");
        await visitor.Page.GetByLabel("News and offers by e-mail").UncheckAsync();
        await visitor.Page.GetByLabel("News and offers by text message").CheckAsync();
        await SaveAsync(visitor, "preferences");

        await visitor.SeesAsync("Your changes are saved.");
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

        await using var visitor = await Visitor.ComeAsync(chromium, app);
        await visitor.SignInAsync(person.Email);
        await visitor.FollowAsync("Have a look");
        await Assertions.Expect(visitor.Page.Locator(".ask")).ToHaveCountAsync(2);
        await visitor.PressAsync("Decline: Zebra Tours");
        await visitor.SeesAsync("The offer is declined.");
        await visitor.PressAsync("Accept: Acacia Bikes");
        await visitor.SeesAsync("The record is tied to your account.");
        Assert.Equal(0, await visitor.Page.Locator(".ask").CountAsync());
        Assert.Empty(await app.OffersAsync(person));
    }

    [Fact]
    public async Task Who_has_no_record_yet_makes_one()
    {
        var person = await app.RegisterAsync();
        await using var visitor = await Visitor.ComeAsync(chromium, app);
        await visitor.SignInAsync(person.Email);
        await visitor.GoAsync("/profile");
        await visitor.PressAsync("Create my record");
        await visitor.SeesAsync("Your customer record is there.");
        await visitor.SeesAsync("Account number");
    }

    private static Task SaveAsync(Visitor visitor, string form) => visitor.Page.Locator($"#{form}-form .actions button").ClickAsync();
}
