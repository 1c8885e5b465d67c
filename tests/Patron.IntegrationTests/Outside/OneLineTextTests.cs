using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Crm;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Tradeline;
using Patron.Shared.Callers;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Outside;

/// <summary>
/// One-line fields contain no line separators and no bidirectional controls, and addresses no invisible characters, whichever entry point
/// they come through. Such a character would be a line of its own in a mail, or make a text look like another one.
/// </summary>
public sealed class OneLineTextTests(OneProcess app) : IClassFixture<OneProcess>
{
    private static readonly string[] Separators = ["\u2028", "\u2029", "\u0085", "\v", "\f", "\n"];
    private static readonly string[] Directions = ["\u202A", "\u202B", "\u202C", "\u202D", "\u202E", "\u2066", "\u2067", "\u2068", "\u2069", "\u200E", "\u200F", "\u061C"];
    private static readonly string[] Invisible = ["\u200B", "\u00AD", "\u200D", "\u200C", "\u2060", "\uFEFF", "\uFE0F", .. Separators, .. Directions];

    private delegate Task<HttpResponseMessage> Entry(string text);

    [Fact]
    public async Task Line_separators_and_direction_controls_inside_are_refused_by_every_entry_point()
    {
        var staff = await app.StaffAsync(OrganizationRole.Vendor);
        await app.ProveAsync(staff);
        var customer = await app.CreateCustomerAsync(staff);
        var person = await app.RegisterAsync();
        await app.Customers.SendAsync(HttpMethod.Post, Api + "profile/create/", person, new { city = "Portland" });
        var organization = await app.CreateOrganizationAsync(staff);
        var vendor = (await app.RowsAsync(staff, CrmIntents.Vendors))[0].Number();
        Entry Customer(string field) => text => app.PostCustomerAsync(staff, new Dictionary<string, object?>(JohnDoe(), StringComparer.Ordinal) { [field] = text });
        await ShouldRefuseAsync(
            [.. Separators, .. Directions],
            [
                .. CustomerTextFields.Select(Customer),
                text => app.PutCustomerAsync(staff, customer.Id(), new { customer_group = text }),
                text => app.Customers.SendAsync(HttpMethod.Post, Api + "bulk-update", staff, new { customer_ids = new[] { customer.Id() }, updates = new { tags = text } }),
                text => app.AddAddressAsync(staff, customer.Id(), new { address_line1 = text }),
                text => app.Customers.SendAsync(HttpMethod.Patch, Api + "profile/update/", person, new { emergency_contact_name = text }),
                text => app.UpdateProfileAsync(person, new { first_name = text }),
                text => app.PostAsync("register/", new { email = Intents.NewEmail(), first_name = text, last_name = "Doe", password1 = Intents.GoodPassword, password2 = Intents.GoodPassword }),
                text => app.TryRegisterAsync(Intents.NewEmail(), username: text),
                text => app.PostAsync("keys/", new { name = text, scopes = new[] { "customers:read" } }, staff),
                text => app.PostBusinessAsync(Intents.NewEmail(), firstName: text),
                text => app.PostBusinessAsync(Intents.NewEmail(), name: text),
                text => app.PostCrmAsync(staff, new { name = text }),
                text => app.PostOrganizationAsync(staff, text),
                text => app.ChangeAsync(staff, $"{CrmIntents.Organizations}{organization.Number()}/", new { name = text }),
                text => app.ChangeAsync(staff, $"{CrmIntents.Vendors}{vendor}/", new { name = text }),
                text => app.PostMethodAsync($"{TradelineCalls.Auth}sign_up", new { email = Intents.NewEmail(), full_name = text, password = Intents.GoodPassword }),
                text => app.PostMethodAsync($"{TradelineCalls.Address}create", new { address_line1 = text }, person),
            ],
            unwanted => $"Ac{unwanted}me");
    }

    [Fact]
    public async Task They_are_removed_at_the_ends()
    {
        var staff = await app.StaffAsync(OrganizationRole.Vendor);
        foreach (var unwanted in Separators.Concat(Directions))
        {
            var text = $"{unwanted}Acme{unwanted} ";
            var made = await app.CreateCustomerAsync(staff, new Dictionary<string, object?>(JohnDoe(), StringComparer.Ordinal) { ["company_name"] = text, ["tags"] = $"{text},{text},vip" });
            Assert.Equal(("Acme", "Acme,vip"), (made.Text("company_name"), made.Text("tags")));
            Assert.Equal("Acme", (await app.CreateOrganizationAsync(staff, text)).Text("name"));
            Assert.Equal("Acme", (await (await app.PostAsync("keys/", new { name = text, scopes = new[] { "customers:read" } }, staff)).ShouldBeAsync(HttpStatusCode.Created)).Text("name"));
        }
    }

    [Fact]
    public async Task Invisible_characters_in_an_address_are_refused_by_every_entry_point()
    {
        var (owner, organization) = await app.OwnerAsync();
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);
        var person = await app.RegisterAsync();
        Entry[] entries =
        [
            text => app.TryRegisterAsync(text),
            text => app.PostBusinessAsync(text),
            text => app.PostMethodAsync($"{TradelineCalls.Auth}sign_up", new { email = text, full_name = "Jane Doe", password = Intents.GoodPassword }),
            text => app.PostCustomerAsync(staff, JohnDoe(text)),
            text => app.PutCustomerAsync(staff, customer.Id(), new { email = text }),
            text => app.Customers.SendAsync(HttpMethod.Post, Api + "bulk-update", staff, new { customer_ids = new[] { customer.Id() }, updates = new { email = text } }),
            text => app.PostCrmAsync(staff, new { name = "Jane", email = text }),
            text => app.InviteAsync(owner, organization, text, "employee"),
            text => app.UpdateProfileAsync(person, new { email = text, current_password = person.Password }),
            text => app.PostAsync("check-email", new { email = text }),
            text => app.PostAsync("send-setup-link", new { email = text }),
            text => app.PostAsync("quick-setup", new { email = text, password = Intents.GoodPassword, password_confirmation = Intents.GoodPassword }),
        ];
        await ShouldRefuseAsync(Invisible, entries, unwanted => $"eve{unwanted}lyn@example.com");
        await ShouldRefuseAsync(Invisible, entries, unwanted => $"evelyn@exam{unwanted}ple.com");
    }

    private static IEnumerable<string> CustomerTextFields =>
    [
        "first_name", "last_name", "name", "preferred_name", "gender", "company_name", "business_type", "tax_id", "reference", "customer_group",
        "territory", "address_line1", "address_line2", "city", "state", "postal_code", "country", "emergency_contact_name", "tags",
    ];

    private static async Task ShouldRefuseAsync(IEnumerable<string> characters, IReadOnlyList<Entry> entries, Func<string, string> text)
    {
        foreach (var unwanted in characters)
        {
            for (var place = 0; place < entries.Count; place++)
            {
                using var response = await entries[place](text(unwanted));
                Assert.True(
                    response.StatusCode == HttpStatusCode.UnprocessableEntity,
                    $"Entry {place} answers U+{char.ConvertToUtf32(unwanted, 0):X4} with {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
            }
        }
    }
}
