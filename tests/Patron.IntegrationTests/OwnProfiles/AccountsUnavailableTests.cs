using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Processes;
using Patron.Shared;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.OwnProfiles;

/// <summary>Two services that can be stopped and restarted separately, at the same address and on the same data.</summary>
public sealed class StoppableServices(TestDatabase database) : PatronApp(database)
{
    private readonly string accountsUrl = $"http://127.0.0.1:{PatronProcess.FreePort()}";
    private readonly string customersUrl = $"http://127.0.0.1:{PatronProcess.FreePort()}";
    private string accountsDatabase = "";
    private string customersDatabase = "";

    protected override async Task<(RunningPatron Accounts, RunningPatron Customers)> StartAsync()
    {
        accountsDatabase = await Templates.CopyAsync(Database, ProcessRole.Accounts);
        customersDatabase = await Database.CreateDatabaseAsync();
        var accounts = await StartAccountsAsync();
        return (accounts, await StartCustomersAsync());
    }

    public Task<RunningPatron> StartAccountsAsync() => RunningPatron.StartAsync(accountsDatabase, ProcessRole.Accounts, time: Time, url: accountsUrl);

    public Task<RunningPatron> StartCustomersAsync() => RunningPatron.StartAsync(
        customersDatabase, ProcessRole.Customers, new Dictionary<string, string?> { ["PATRON_ACCOUNTS_URL"] = accountsUrl }, Time, url: customersUrl);
}

public sealed class AccountsUnavailableTests(StoppableServices app) : IClassFixture<StoppableServices>
{
    [Fact]
    public async Task Each_service_works_without_the_other_and_recovers_when_it_is_back()
    {
        var staff = await app.SomeStaffAsync();
        var person = await app.RegisterAsync();
        await app.ChangeAccountAsync(person, new { phone_number = "+1 555 0123" });
        person = await app.SignInAsync(person.Email);
        var profile = await app.CreateProfileAsync(person);
        var other = await app.RegisterAsync();
        var unlinked = await app.CreateCustomerAsync(staff);

        await app.Accounts.DisposeAsync();
        await ShouldWorkWithoutAccountsAsync(staff, person, other, profile, unlinked);

        await using (var accounts = await app.StartAccountsAsync())
        {
            Assert.Equal(("Jane", "+1 555 0123"), await NamesAsync(person));
            await (await app.PostProfileAsync(other)).ShouldBeAsync(HttpStatusCode.Created);
            Assert.Equal("Jane Doe", (await app.ReadCustomerAsync(staff, profile.Id())).Text("full_name"));
            await (await app.PostCustomerAsync(staff, JohnDoe())).ShouldBeAsync(HttpStatusCode.Created);

            // The other way round: accounts do not need customers.
            await app.Customers.DisposeAsync();
            await (await accounts.SendAsync(HttpMethod.Patch, "/api/auth/profile/update/", person, new { first_name = "Janet" })).ShouldBeAsync(HttpStatusCode.OK);
            await (await accounts.SendAsync(HttpMethod.Post, "/api/auth/login/", null, new { email = person.Email, password = person.Password })).ShouldBeAsync(HttpStatusCode.OK);
            await using var customers = await app.StartCustomersAsync();
            var back = await (await customers.SendAsync(HttpMethod.Get, ProfileIntents.Profile, person)).ShouldBeAsync(HttpStatusCode.OK);
            Assert.Equal((profile.Id(), "Janet"), (back.Id(), back.Text("first_name")));
        }
    }

    private async Task ShouldWorkWithoutAccountsAsync(Person staff, Person person, Person other, JsonElement profile, JsonElement unlinked)
    {
        // The own profile: names of the token, without a phone.
        var own = await app.ReadProfileAsync(person);
        Assert.Equal(("Jane", "Doe", person.Email, null, "Portland"), (own.Text("first_name"), own.Text("last_name"), own.Text("email"), own.Text("phone_number"), own.Text("city")));
        Assert.Equal("""["accounts"]""", own.GetProperty("incomplete").ToString());
        Assert.Equal("Jane Doe", (await app.ReadCustomerAsync(person, profile.Id())).Text("full_name"));
        var changed = await (await app.PatchProfileAsync(person, new { city = "Seattle", first_name = "Jane" })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("Seattle", changed.Text("city"));
        // The service cannot check values that may be newer than the token.
        await (await app.PatchProfileAsync(person, new { city = "Boston", phone_number = "+1 555 0123" })).ShouldBeAsync(HttpStatusCode.ServiceUnavailable);
        await (await app.PatchProfileAsync(person, new { city = "Boston", first_name = "Janet" })).ShouldBeAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Equal("Seattle", (await app.ReadProfileAsync(person)).Text("city"));
        await (await app.Customers.SendAsync(HttpMethod.Get, Api + "stats/", person)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.True((await (await app.CheckProfileAsync(person)).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("exists").GetBoolean());

        // Other records: without names, and the response says so.
        var record = await app.ReadCustomerAsync(staff, profile.Id());
        Assert.Equal((null, null, null, null), (record.Text("first_name"), record.Text("last_name"), record.Text("full_name"), record.Text("email")));
        Assert.Equal("""["accounts"]""", record.GetProperty("incomplete").ToString());
        var list = await (await app.Customers.SendAsync(HttpMethod.Get, Api, staff)).ShouldBeAsync(HttpStatusCode.OK);
        var item = list.EnumerateArray().Single(customer => customer.Id() == profile.Id());
        Assert.Equal((null, null, """["accounts"]"""), (item.Text("first_name"), item.Text("full_name"), item.GetProperty("incomplete").ToString()));
        Assert.False(list.EnumerateArray().Single(customer => customer.Id() == unlinked.Id()).TryGetProperty("incomplete", out _));
        await (await app.PutCustomerAsync(staff, profile.Id(), new { notes = "while accounts are away" })).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.PutCustomerAsync(staff, profile.Id(), new { first_name = "Jane" })).ShouldBeAsync(HttpStatusCode.ServiceUnavailable);
        await (await app.CountServiceAsync(staff, profile.Id())).ShouldBeAsync(HttpStatusCode.OK);

        // Data of this service is found; missing matches are reported; no duplicate is created.
        await (await app.GetCustomerAsync(staff, "email/" + unlinked.Text("email"))).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.Customers.SendAsync(HttpMethod.Post, Api + "search", staff, new { city = "New York" })).ShouldBeAsync(HttpStatusCode.OK);
        foreach (var away in new[]
        {
            app.PostProfileAsync(other), app.PostCustomerAsync(staff, JohnDoe()), app.GetCustomerAsync(staff, "email/" + person.Email),
            app.Customers.SendAsync(HttpMethod.Post, Api + "search", staff, new { query = "jane" }),
        })
        {
            using var response = await away;
            var problem = await response.ShouldBeAsync(HttpStatusCode.ServiceUnavailable);
            Assert.Contains("accounts service", problem.Text("detail"), StringComparison.Ordinal);
            Assert.NotNull(response.Headers.RetryAfter);
        }

        await (await app.GetProfileAsync(other)).ShouldBeAsync(HttpStatusCode.NotFound);
    }

    private async Task<(string?, string?)> NamesAsync(Person person)
    {
        var profile = await app.ReadProfileAsync(person);
        return (profile.Text("first_name"), profile.Text("phone_number"));
    }
}
