using System.Net;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.OwnProfiles;
using Patron.IntegrationTests.Tradeline;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Outside;

/// <summary>Every entry point takes phone numbers as people and their devices write them, and derives one form.</summary>
public sealed class PhoneFormTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Theory]
    [InlineData("\u202A+49 30 1234567\u202C")]
    [InlineData("+49\u00A030\u202F1234567")]
    [InlineData("＋４９ ３０ １２３４５６７")]
    [InlineData("+٤٩ ٣٠ ١٢٣٤٥٦٧")]
    [InlineData("+4\uFE0F9 30 1234567")]
    [InlineData("+49 (30) 123-45-67 ext. 123456")]
    public async Task Phone_is_accepted_by_every_entry_point_and_has_one_form(string phone)
    {
        var staff = await app.SomeStaffAsync();
        var made = await app.CreateCustomerAsync(staff, new { first_name = "Ann", last_name = "Doe", email = Intents.NewEmail(), phone });
        Assert.Equal("+49301234567", made.Text("phone_e164"));
        await (await app.PutCustomerAsync(staff, made.Id(), new { mobile = phone, emergency_contact_phone = phone })).ShouldBeAsync(HttpStatusCode.OK);
        var person = await app.RegisterAsync();
        var profile = await app.CreateProfileAsync(person, new { emergency_contact_phone = phone });
        await (await app.UpdateProfileAsync(person, new { phone_number = phone })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("+49301234567", (await app.ReadCustomerAsync(staff, profile.Id())).Text("phone_e164"));
        await app.CallAsync($"{TradelineCalls.Auth}sign_up", new { email = Intents.NewEmail(), full_name = "Ann Doe", password = Intents.GoodPassword, phone });
    }

    [Fact]
    public async Task Phone_that_is_too_long_is_refused_with_the_limit()
    {
        var phone = "+49 30 1234567" + new string(' ', 20) + "ext. 123456";
        var refused = await app.PostCustomerAsync(await app.SomeStaffAsync(), new { first_name = "Ann", last_name = "Doe", email = Intents.NewEmail(), phone });
        var problem = await refused.ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
        Assert.Contains("40 characters", problem.GetProperty("errors").GetProperty("phone")[0].GetString(), StringComparison.Ordinal);
    }
}
