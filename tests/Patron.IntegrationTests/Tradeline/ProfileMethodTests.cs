using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Tradeline.TradelineCalls;

namespace Patron.IntegrationTests.Tradeline;

/// <summary>Source 1, update_profile, and the addresses of the caller's customer record.</summary>
public sealed class ProfileMethodTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Change_updates_account_and_customer_and_keeps_omitted_fields()
    {
        var person = await app.SignUpAsync();
        var renamed = await app.CallAsync($"{Auth}update_profile", new { full_name = "Updated Name" }, person);
        Assert.Equal(("Updated Name", "+1-555-123-4567"), (renamed.GetProperty("user").Text("full_name"), renamed.GetProperty("user").Text("phone")));
        Assert.Equal(("Updated Name", "+1-555-123-4567"), (renamed.GetProperty("customer").Text("customer_name"), renamed.GetProperty("customer").Text("mobile_no")));

        var called = await app.CallAsync($"{Auth}update_profile", new { full_name = (string?)null, phone = "+1-555-999-8888" }, person);
        Assert.Equal(("Updated Name", "+1-555-999-8888"), (called.GetProperty("customer").Text("customer_name"), called.GetProperty("customer").Text("mobile_no")));

        foreach (var phone in new[] { "", null })
        {
            await app.CallAsync($"{Auth}update_profile", new { phone = "+1-555-999-8888" }, person);
            var silent = await app.CallAsync($"{Auth}update_profile", new { phone }, person);
            Assert.Null(silent.GetProperty("user").Text("phone"));
        }

        await app.CallAsync($"{Auth}update_profile", new { }, person);
        var me = await (await app.GetMethodAsync($"{Auth}get_current_user", person)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("Updated Name", me.GetProperty("customer").Text("customer_name"));
    }

    [Fact]
    public async Task Unchanged_full_name_keeps_its_parts()
    {
        var person = await app.RegisterAsync(firstName: "Ludwig", lastName: "van Beethoven");
        await app.CallAsync($"{Auth}update_profile", new { full_name = "Ludwig van Beethoven", phone = "+1-555-0123" }, person);
        var account = await (await app.GetAsync("profile/", person)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(("Ludwig", "van Beethoven", "+1-555-0123"), (account.Text("first_name"), account.Text("last_name"), account.Text("phone_number")));
    }

    [Fact]
    public async Task Errors_use_the_callers_field_names_and_nothing_is_changed()
    {
        var person = await app.SignUpAsync();
        await (await app.PostMethodAsync($"{Auth}update_profile", new { full_name = " ", phone = "call me" }, person)).ShouldBeInvalidAsync("full_name", "phone");
        await (await app.PostMethodAsync($"{Auth}update_profile", new { full_name = $"{new string('x', 101)} Doe" }, person)).ShouldBeInvalidAsync("full_name");
        await (await app.PostMethodAsync($"{Auth}update_profile", new { full_name = "Mallory Doe", phone = "1" }, person)).ShouldBeInvalidAsync("phone");
        var me = await (await app.GetMethodAsync($"{Auth}get_current_user", person)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("John Doe", me.GetProperty("user").Text("full_name"));
    }

    [Fact]
    public async Task Anonymous_callers_and_API_keys_have_no_profile()
    {
        var key = ("X-Api-Key", await app.ApiKeyAsync());
        foreach (var path in new[] { $"{Auth}get_current_user", $"{Address}list" })
        {
            await (await app.GetMethodAsync(path)).ShouldFailAsync(HttpStatusCode.Unauthorized);
            await (await app.GetMethodAsync(path, null, key)).ShouldFailAsync(HttpStatusCode.Forbidden);
        }

        foreach (var path in new[] { $"{Auth}update_profile", $"{Address}create", $"{Address}update", $"{Address}delete" })
        {
            await (await app.PostMethodAsync(path, new { })).ShouldFailAsync(HttpStatusCode.Unauthorized);
            await (await app.PostMethodAsync(path, new { }, null, key)).ShouldFailAsync(HttpStatusCode.Forbidden);
        }
    }

    [Fact]
    public async Task Addresses_are_added_changed_listed_and_deleted_by_name()
    {
        var person = await app.SignUpAsync();
        Assert.Empty(await ListAsync(person));

        var made = (await app.CallAsync($"{Address}create", new { type = "shipping", address_line1 = "Dock 4", city = "Boston", country = "USA" }, person)).GetProperty("address");
        Assert.Equal(("shipping", "Dock 4", "Boston", null), (made.Text("type"), made.Text("address_line1"), made.Text("city"), made.Text("state")));
        var name = made.Text("name")!;
        var changed = (await app.CallAsync($"{Address}update", new { name, type = "billing", city = (string?)null, state = "MA" }, person)).GetProperty("address");
        Assert.Equal(("billing", "Dock 4", null, "MA"), (changed.Text("type"), changed.Text("address_line1"), changed.Text("city"), changed.Text("state")));
        Assert.Equal(changed.GetRawText(), Assert.Single(await ListAsync(person)).GetRawText());

        var deleted = (await app.CallAsync($"{Address}delete", new { name }, person)).GetProperty("address");
        Assert.Equal(changed.GetRawText(), deleted.GetRawText());
        Assert.Empty(await ListAsync(person));
        await (await app.PostMethodAsync($"{Address}delete", new { name }, person)).ShouldFailAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Address_of_another_person_is_not_found()
    {
        var (owner, other) = (await app.SignUpAsync(), await app.SignUpAsync());
        var name = (await app.CallAsync($"{Address}create", new { city = "Boston" }, owner)).GetProperty("address").Text("name");
        await (await app.PostMethodAsync($"{Address}update", new { name, city = "Rome" }, other)).ShouldFailAsync(HttpStatusCode.NotFound);
        await (await app.PostMethodAsync($"{Address}delete", new { name }, other)).ShouldFailAsync(HttpStatusCode.NotFound);
        Assert.Empty(await ListAsync(other));
        Assert.Equal("Boston", Assert.Single(await ListAsync(owner)).Text("city"));
    }

    [Fact]
    public async Task Invalid_address_and_missing_customer_are_reported()
    {
        var person = await app.SignUpAsync();
        await (await app.PostMethodAsync($"{Address}create", new { }, person)).ShouldBeInvalidAsync("address_line1");
        await (await app.PostMethodAsync($"{Address}create", new { type = "primary", city = "Boston" }, person)).ShouldBeInvalidAsync("type");
        await (await app.PostMethodAsync($"{Address}create", new { type = "castle", city = "Boston" }, person)).ShouldBeInvalidAsync("type");
        await (await app.PostMethodAsync($"{Address}update", new { city = "Boston" }, person)).ShouldBeInvalidAsync("name");
        await (await app.PostMethodAsync($"{Address}delete", new { }, person)).ShouldBeInvalidAsync("name");
        await (await app.PostMethodAsync($"{Address}update", new { name = "1", city = "Boston" }, person)).ShouldFailAsync(HttpStatusCode.NotFound);

        var problem = await (await app.GetMethodAsync($"{Address}list", await app.RegisterAsync())).ShouldFailAsync(HttpStatusCode.NotFound);
        Assert.Contains("don't have a customer record", problem.Text("detail"), StringComparison.Ordinal);
    }

    private async Task<List<JsonElement>> ListAsync(Person person) =>
        [.. (await (await app.GetMethodAsync($"{Address}list", person)).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("addresses").EnumerateArray()];
}
