using System.Net;
using System.Text.RegularExpressions;
using Patron.IntegrationTests.Crm;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;

namespace Patron.BrowserTests;

/// <summary>Test customers of the portal, and helpers for their mails.</summary>
internal static class PortalIntents
{
    private const string Profile = "/api/v1/customers/profile/create/";

    /// <summary>A person with an account, a complete record, another address and a proven mailbox.</summary>
    public static async Task<Person> CustomerAsync(this PatronApp app)
    {
        var person = await app.RegisterAsync(Intents.NewEmail("amara.moyo"), "Amara", "Moyo");
        await app.ProveAsync(person);
        var made = await (await app.Customers.SendAsync(HttpMethod.Post, Profile, person, new
        {
            street_address = "12 Samora Machel Avenue", city = "Harare", postal_code = "00263", country = "Zimbabwe", date_of_birth = "1990-01-15",
        })).ShouldBeAsync(HttpStatusCode.Created);
        var address = new { type = "billing", address_line1 = "P.O. Box 1200", city = "Bulawayo", country = "Zimbabwe" };
        await (await app.AddAddressAsync(person, made.Text("id")!, address)).ShouldBeAsync(HttpStatusCode.Created);
        return person;
    }

    /// <summary>Creates a company without an account, as staff would, and returns its address.</summary>
    public static async Task<string> WaitingCompanyAsync(this PatronApp app)
    {
        var email = Intents.NewEmail("accounts");
        await (await app.PostCrmAsync(await app.SomeStaffAsync(), new { name = "Baobab Trading (Pvt) Ltd", customer_type = "company", email, phone = "+263 77 123 4567" }))
            .ShouldBeAsync(HttpStatusCode.Created);
        return email;
    }

    public static async Task ProveAsync(this PatronApp app, Person person)
    {
        var mail = await app.MailAsync(person.Email, "confirm");
        await (await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/email/verify/", person, new { token = mail.Token })).ShouldBeAsync(HttpStatusCode.OK);
    }

    /// <summary>The link of a mail to one of the portal's pages, as path and query.</summary>
    public static string LinkTo(this ReceivedMail mail, string page) =>
        Regex.Match(mail.Text, $@"^http\S+({Regex.Escape(page)}\?\S+)\r?$", RegexOptions.Multiline, TimeSpan.FromSeconds(1)).Groups[1].Value;

    /// <summary>The code that is alone on its line.</summary>
    public static string Code(this ReceivedMail mail) => Regex.Match(mail.Text, @"^([0-9]{6,8})\r?$", RegexOptions.Multiline, TimeSpan.FromSeconds(1)).Groups[1].Value;
}
