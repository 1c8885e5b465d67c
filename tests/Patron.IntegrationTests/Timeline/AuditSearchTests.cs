using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Timeline;

/// <summary>Searching and exporting the audit log.</summary>
public sealed class AuditSearchTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const string Api = "/api/v1/audit/";

    [Fact]
    public async Task Conditions_narrow_the_search()
    {
        var staff = await app.StaffAsync();
        var customer = await app.CreateCustomerAsync(staff);
        await app.PutCustomerAsync(staff, customer.Id(), new { city = "Harare" });
        Assert.Equal(["customer.changed", "customer.created"], (await SearchAsync(staff, $"?subject={customer.Id()}")).Actions());
        Assert.Equal(["customer.changed", "customer.created"], (await SearchAsync(staff, $"?actor={staff.Id}&subject={customer.Text("uid")}")).Actions());
        Assert.Equal(["customer.created"], (await SearchAsync(staff, $"?actor={staff.Id}&subject={customer.Id()}&action=customer.cr")).Actions());
        Assert.Empty(await SearchAsync(staff, $"?actor={staff.Id}&to=2020-01-01T00:00:00Z"));
        Assert.Equal(2, (await SearchAsync(staff, $"?subject={customer.Id()}&from=2020-01-01T00:00:00%2B02:00")).Count);
        Assert.Empty(await SearchAsync(staff, "?cause=job:999999"));
        await (await app.Customers.SendAsync(HttpMethod.Get, $"{Api}?cursor=x&limit=1001", staff)).ShouldRefuseAsync("cursor", "limit");
    }

    [Fact]
    public async Task Staff_find_their_organization_and_administrators_all()
    {
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);
        var vendor = await app.StaffOfNewOrganizationAsync();
        Assert.Empty(await SearchAsync(vendor, $"?subject={customer.Text("uid")}"));
        await (await app.Customers.SendAsync(HttpMethod.Get, $"{Api}?everywhere=true", vendor)).ShouldBeAsync(HttpStatusCode.Forbidden);

        var theirs = await app.CreateCustomerAsync(vendor);
        var entry = Assert.Single(await SearchAsync(vendor, $"?subject={theirs.Id()}"));
        Assert.Null(entry.Text("address"));
        var admin = await app.AdminAsync();
        Assert.Empty(await SearchAsync(admin, $"?subject={theirs.Id()}"));
        Assert.NotNull(Assert.Single(await SearchAsync(admin, $"?everywhere=true&subject={theirs.Id()}")).Text("address"));
        Assert.Contains("session.started", (await SearchAsync(admin, $"?everywhere=true&subject={vendor.Id}")).Actions());
    }

    [Fact]
    public async Task Pages_follow_one_another()
    {
        var staff = await app.StaffAsync();
        for (var number = 0; number < 5; number++)
        {
            await app.CreateCustomerAsync(staff);
        }

        var whole = (await SearchAsync(staff, $"?actor={staff.Id}")).Select(entry => entry.ToString()).ToList();
        var read = new List<string>();
        for (var path = $"{Api}?actor={staff.Id}&limit=2"; path is not null;)
        {
            var response = await app.Customers.SendAsync(HttpMethod.Get, path, staff);
            read.AddRange((await response.ShouldBeAsync(HttpStatusCode.OK)).EnumerateArray().Select(entry => entry.ToString()));
            path = response.NextPage();
        }

        Assert.InRange(whole.Count, 5, 20);
        Assert.Equal(whole, read);
    }

    [Fact]
    public async Task Export_is_CSV_without_formulas()
    {
        var staff = await app.StaffAsync();
        await app.AccountsSqlAsync<object>("UPDATE accounts.users SET first_name = '=HYPERLINK(\"x\")' WHERE id = $1", staff.Id);
        await app.CreateCustomerAsync(staff);
        var response = await app.Customers.SendAsync(HttpMethod.Get, $"{Api}export?actor={staff.Id}", staff);
        var lines = (await response.Content.ReadAsStringAsync()).Split("\r\n");
        Assert.Equal(("text/csv", "audit.csv"), (response.Content.Headers.ContentType?.MediaType, response.Content.Headers.ContentDisposition?.FileName));
        Assert.StartsWith("at,action,subject_type,", lines[0], StringComparison.Ordinal);
        Assert.Contains("\"'=HYPERLINK(\"\"x\"\") Doe\"", lines[1], StringComparison.Ordinal);
        Assert.Equal("", lines[^1]);
        await (await app.Customers.SendAsync(HttpMethod.Get, $"{Api}export", await app.RegisterAsync())).ShouldBeAsync(HttpStatusCode.Forbidden);
    }

    private async Task<IReadOnlyList<JsonElement>> SearchAsync(Person who, string query) =>
        [.. (await (await app.Customers.SendAsync(HttpMethod.Get, Api + query, who)).ShouldBeAsync(HttpStatusCode.OK)).EnumerateArray()];
}
