using System.Net;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.OwnProfiles;

/// <summary>A caller whom the accounts service refuses is refused by a separate customers service, too.</summary>
public sealed class RefusedByAccountsTests(TwoServices app) : IClassFixture<TwoServices>
{
    private const string Disable = "UPDATE accounts.users SET disabled_at = now() WHERE id = $1";
    private const string EndSessions = "DELETE FROM accounts.sessions WHERE user_id = $1";

    [Theory]
    [InlineData(Disable)]
    [InlineData(EndSessions)]
    public async Task Employee_without_access_gets_401_from_every_request_that_needs_accounts(string change)
    {
        var employee = await app.StaffAsync();
        var id = await LinkedAsync(await app.RegisterAsync());
        await app.ReadCustomerAsync(employee, id);
        await app.AccountsSqlAsync<object>(change, employee.Id);

        // The accounts service learns of the change within a second.
        await Eventually.BecomeTrueAsync(async () => (await app.GetCustomerAsync(employee, id)).StatusCode == HttpStatusCode.Unauthorized);
        foreach (var (method, path, body) in new (HttpMethod, string, object?)[]
        {
            (HttpMethod.Get, "?limit=1000", null), (HttpMethod.Post, "search", new { city = "New York" }),
            (HttpMethod.Put, id, new { city = "Boston" }), (HttpMethod.Patch, id + "/last-login", null), (HttpMethod.Delete, id, null),
            (HttpMethod.Post, "bulk-update", new { customer_ids = new[] { id }, updates = new { city = "Boston" } }),
        })
        {
            await (await app.Customers.SendAsync(method, Api + path, employee, body)).ShouldBeAsync(HttpStatusCode.Unauthorized);
        }

        Assert.Equal("New York", (await app.ReadCustomerAsync(await app.SomeStaffAsync(), id)).Text("city"));
    }

    [Fact]
    public async Task Customer_whose_session_ended_gets_401_for_their_own_record()
    {
        var person = await app.RegisterAsync();
        var id = await LinkedAsync(person);
        await app.AccountsSqlAsync<object>(EndSessions, person.Id);
        await Eventually.BecomeTrueAsync(async () => (await app.GetCustomerAsync(person, id)).StatusCode == HttpStatusCode.Unauthorized);
        await (await app.GetProfileAsync(person)).ShouldBeAsync(HttpStatusCode.Unauthorized);
    }

    private async Task<string> LinkedAsync(Person person)
    {
        var customer = await app.CreateCustomerAsync(await app.SomeStaffAsync(), JohnDoe(person.Email));
        await app.LinkAsync(customer, person);
        return customer.Id();
    }
}
