using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Linking;

/// <summary>A person who uses the interfaces of all three sources has one account and one customer in each organization.</summary>
public sealed class AllInterfacesTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const string Tradeline = "/api/method/rockettradeline.api.auth.";
    private const string Profiles = "/api/v1/customers/profile/";

    [Fact]
    public async Task A_person_who_uses_all_three_interfaces_is_one_customer_in_each_organization()
    {
        var email = Intents.NewEmail("through.all");
        var staff = await app.SomeStaffAsync();

        // Staff create the record first.
        var entered = await app.CreateCustomerAsync(staff, CustomerIntents.JohnDoe(email));

        // Source 1: the person signs up and has a separate record until the address is proven.
        var signedUp = await PostAsync(Tradeline + "sign_up", null, new { email, full_name = "Jane Doe", password = Intents.GoodPassword, phone = "+44 20 7946 0001" }, HttpStatusCode.OK);
        var token = signedUp.GetProperty("tokens").GetProperty("access").GetString();
        Assert.NotEqual(entered.Text("code"), signedUp.GetProperty("customer").Text("name"));

        // The other interfaces know the account.
        foreach (var (path, body) in new (string, object)[]
        {
            ("/api/auth/register/", new { email, first_name = "Jane", last_name = "Doe", password1 = Intents.GoodPassword, password2 = Intents.GoodPassword }),
            ("/api/users/", new { email, username = "jane.doors", first_name = "Jane", last_name = "Doe", password = Intents.GoodPassword, organization_name = "Jane's" }),
            (Tradeline + "sign_up", new { email = email.ToUpperInvariant(), full_name = "Jane Doe", password = Intents.GoodPassword }),
        })
        {
            await PostAsync(path, null, body, HttpStatusCode.BadRequest);
        }

        // Source 3: after signing in at the accounts service, the person creates the profile.
        var login = await PostAsync("/api/auth/login/", null, new { email, password = Intents.GoodPassword }, HttpStatusCode.OK);
        token = login.Text("access_token");
        var profile = await PostAsync(Profiles + "create/", token, new { city = "Portland", website = "jane.example.com" }, HttpStatusCode.Created);
        await PostAsync(Profiles + "create/", token, new { city = "Salem" }, HttpStatusCode.BadRequest);

        // The proof merges both records.
        var secret = (await app.MailAsync(email, "confirm your email")).Token;
        await PostAsync("/api/auth/email/verify/", token, new { token = secret }, HttpStatusCode.OK);
        var own = await GetAsync(Profiles, token);
        Assert.Equal((entered.Id(), "New York", "jane.example.com", "Tech Corp"), (own.Text("customer_id"), own.Text("city"), own.Text("website"), own.Text("company_name")));
        Assert.Equal(entered.Id(), (await app.ReadCustomerAsync(staff, profile.GetProperty("id").GetString()!)).Text("merged_into"));

        // Source 2: the person creates an organization, and accepts another organization's offer.
        var me = await GetAsync("/api/users/me/", token);
        var opened = await PostAsync("/api/users/", token, new { organization_name = "Jane's Business" }, HttpStatusCode.Created);
        Assert.Equal(me.GetProperty("id").GetInt64(), opened.GetProperty("id").GetInt64());
        var vendor = await app.StaffOfNewOrganizationAsync();
        await app.ProveAsync(vendor);
        var offered = await PostAsync("/api/customers/", vendor.Access, new { user_id = me.GetProperty("id").GetInt64(), name = "Jane of ours" }, HttpStatusCode.Created);
        Assert.Equal(("offered", ""), (offered.Text("link_status"), offered.Text("first_name")));
        var offer = Assert.Single((await GetAsync("/api/users/me/", token)).GetProperty("offers").EnumerateArray());
        var accepted = await PostAsync($"/api/customers/{offer.GetProperty("customer").GetInt64()}/accept/", token, null, HttpStatusCode.OK);
        Assert.Equal(("linked", "Jane"), (accepted.Text("link_status"), accepted.Text("first_name")));
        var again = await PostAsync("/api/customers/", vendor.Access, new { user_id = me.GetProperty("id").GetInt64(), email }, HttpStatusCode.OK);
        Assert.Equal(offered.GetProperty("id").GetInt64(), again.GetProperty("id").GetInt64());

        // A name changed by the first interface is shown by all.
        await PostAsync(Tradeline + "update_profile", token, new { full_name = "Janet Roe" }, HttpStatusCode.OK);
        Assert.Equal("Janet Roe", (await GetAsync(Tradeline + "get_current_user", token)).GetProperty("customer").Text("customer_name"));
        Assert.Equal("Janet", (await GetAsync(Profiles, token)).Text("first_name"));
        Assert.Equal("Roe", (await app.ReadCustomerAsync(vendor, offered.GetProperty("uid").GetString()!)).Text("last_name"));
        Assert.Equal("Janet Roe", (await app.ReadCustomerAsync(staff, entered.Id())).Text("full_name"));

        Assert.Equal(1, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.users WHERE normalized_email = $1", email));
        Assert.Equal(3, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers WHERE email_key = $1", email));
        Assert.Equal(3, await app.CustomersSqlAsync<long>("SELECT count(DISTINCT organization_id) FROM customers.customers WHERE user_id = $1 AND claim = 'claimed'", login.GetProperty("id").GetGuid()));
    }

    private async Task<JsonElement> GetAsync(string path, string? token) => await SendAsync(HttpMethod.Get, path, token, null, HttpStatusCode.OK);

    private Task<JsonElement> PostAsync(string path, string? token, object? body, HttpStatusCode status) => SendAsync(HttpMethod.Post, path, token, body, status);

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, string? token, object? body, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        request.Content = body is null ? null : System.Net.Http.Json.JsonContent.Create(body, body.GetType());
        return await (await app.Accounts.Client.SendAsync(request)).ShouldBeAsync(status);
    }
}
