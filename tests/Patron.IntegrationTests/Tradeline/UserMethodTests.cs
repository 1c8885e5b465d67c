using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Tradeline.TradelineCalls;

namespace Patron.IntegrationTests.Tradeline;

/// <summary>Source 1, get_users and create_customer_for_user, for administrators.</summary>
public sealed class UserMethodTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Administrator_lists_all_accounts_with_their_customers_oldest_first()
    {
        var (first, second) = (await app.SignUpAsync("Zoe Quarterly"), await app.RegisterAsync(firstName: "Zacharias", lastName: "Quarterly"));
        await app.DisableAsync(second.Email);

        var answer = await UsersAsync("search=QUARTERLY");

        Assert.Equal(2, answer.GetProperty("total").GetInt32());
        var users = answer.GetProperty("users").EnumerateArray().ToList();
        Assert.Equal([first.Email, second.Email], users.Select(user => user.Text("name")));
        Assert.Equal([true, false], users.Select(user => user.GetProperty("enabled").GetBoolean()));
        Assert.Equal("Zoe Quarterly", users[0].GetProperty("customer").Text("customer_name"));
        Assert.Equal(JsonValueKind.Null, users[1].GetProperty("customer").ValueKind);
        Assert.Equal("Customer", users[1].GetProperty("roles")[0].GetString());
    }

    [Fact]
    public async Task Search_matches_parts_of_names_and_addresses_literally()
    {
        var person = await app.RegisterAsync(Intents.NewEmail("per_cent"), firstName: "Äther", lastName: "O'Ne\\il 100%");
        foreach (var search in new[] { "ther O'N", "E\\IL 1", "100%", "PER_CENT", person.Email, " Äther " })
        {
            Assert.Contains(person.Email, (await UsersAsync($"search={Uri.EscapeDataString(search)}")).GetProperty("users").EnumerateArray().Select(user => user.Text("email")));
        }

        foreach (var search in new[] { "thr%O", "per%cent", "__________________________", "\\" + "\\", "nobody at all" })
        {
            Assert.Equal(0, (await UsersAsync($"search={Uri.EscapeDataString(search)}")).GetProperty("total").GetInt32());
        }
    }

    [Fact]
    public async Task Pages_are_consecutive_and_count_all_accounts()
    {
        for (var i = 0; i < 3; i++)
        {
            await app.RegisterAsync(Intents.NewEmail("paged"));
        }

        var total = (await UsersAsync("search=paged")).GetProperty("total").GetInt32();
        var all = (await UsersAsync("search=paged&limit_page_length=1000")).GetProperty("users").EnumerateArray().Select(user => user.Text("name")).ToList();
        var second = await UsersAsync("search=paged&limit_start=1&limit_page_length=1");
        Assert.Equal((3, 3, 3), (total, all.Count, second.GetProperty("total").GetInt32()));
        Assert.Equal([all[1]], second.GetProperty("users").EnumerateArray().Select(user => user.Text("name")));
        Assert.Empty((await UsersAsync("search=paged&limit_start=2147483647")).GetProperty("users").EnumerateArray());
    }

    [Theory]
    [InlineData("limit_page_length=0", "limit_page_length")]
    [InlineData("limit_page_length=1001", "limit_page_length")]
    [InlineData("limit_page_length=many", "limit_page_length")]
    [InlineData("limit_start=-1", "limit_start")]
    [InlineData("limit_start=1.5", "limit_start")]
    [InlineData("search=a%00b", "search")]
    public async Task Invalid_page_is_reported_with_the_callers_parameter_names(string query, string field) =>
        await (await app.GetMethodAsync($"{Auth}get_users?{query}", await app.SharedAdminAsync())).ShouldBeInvalidAsync(field);

    [Fact]
    public async Task Other_callers_are_refused()
    {
        var user_email = (await app.SharedPersonAsync()).Email;
        await (await app.GetMethodAsync($"{Auth}get_users")).ShouldFailAsync(HttpStatusCode.Unauthorized);
        await (await app.PostMethodAsync($"{Auth}create_customer_for_user", new { user_email })).ShouldFailAsync(HttpStatusCode.Unauthorized);
        foreach (var who in new[] { await app.SharedPersonAsync(), await app.SomeStaffAsync() })
        {
            await (await app.GetMethodAsync($"{Auth}get_users", who)).ShouldFailAsync(HttpStatusCode.Forbidden);
            await (await app.PostMethodAsync($"{Auth}create_customer_for_user", new { user_email }, who)).ShouldFailAsync(HttpStatusCode.Forbidden);
        }

        await (await app.GetMethodAsync($"{Auth}get_users", null, ("X-Api-Key", await app.ApiKeyAsync()))).ShouldFailAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Missing_customer_is_created_and_an_existing_one_returned()
    {
        var person = await app.RegisterAsync(firstName: "Existing", lastName: "User");
        var admin = await app.SharedAdminAsync();
        var made = await app.CallAsync($"{Auth}create_customer_for_user", new { user_email = person.Email.ToUpperInvariant() }, admin);
        Assert.Equal("Customer created successfully", made.Text("message"));
        Assert.Equal(("Existing User", "Individual", person.Email), (made.GetProperty("customer").Text("customer_name"), made.GetProperty("customer").Text("customer_type"), made.GetProperty("customer").Text("email_id")));

        var again = await app.CallAsync($"{Auth}create_customer_for_user", new { user_email = person.Email }, admin);
        Assert.Equal(made.GetProperty("customer").GetRawText(), again.GetProperty("customer").GetRawText());
        Assert.NotEqual(made.Text("message"), again.Text("message"));
        foreach (var user_email in new[] { Intents.NewEmail(), "nobody", "", null })
        {
            var response = await app.PostMethodAsync($"{Auth}create_customer_for_user", new { user_email }, admin);
            Assert.True(response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.UnprocessableEntity, $"{user_email}: {response.StatusCode}");
        }
    }

    [Fact]
    public async Task Fifty_concurrent_requests_create_one_customer()
    {
        var person = await app.RegisterAsync();
        var admin = await app.SharedAdminAsync();
        var responses = await AccountCalls.ConcurrentlyAsync(50, _ => app.PostMethodAsync($"{Auth}create_customer_for_user", new { user_email = person.Email }, admin));

        var codes = await Task.WhenAll(responses.Select(async response => (await response.ShouldBeAsync(HttpStatusCode.OK)).GetProperty("customer").Text("name")));
        Assert.Single(codes.Distinct(StringComparer.Ordinal));
        Assert.Equal(1, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers WHERE user_id = $1", person.Id));
    }

    private async Task<JsonElement> UsersAsync(string query) =>
        await (await app.GetMethodAsync($"{Auth}get_users?{query}", await app.SharedAdminAsync())).ShouldBeAsync(HttpStatusCode.OK);
}
