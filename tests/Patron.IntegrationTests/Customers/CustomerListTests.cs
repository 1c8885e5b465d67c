using System.Net;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Customers;

/// <summary>The list: pages, total and filter. Each test has its own organization.</summary>
public sealed class CustomerListTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Pages_are_ordered_by_number_with_a_total()
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        var created = await CreateManyAsync(staff, 5);
        var (page, total, next) = await ListAsync(staff, "?skip=1&limit=2");
        Assert.Equal(created[1..3], page);
        Assert.Equal(("5", true), (total, next is not null));
        Assert.Equal(created, (await ListAsync(staff, "")).Ids);
        Assert.Empty((await ListAsync(staff, "?skip=5")).Ids);

        var item = (await (await app.Customers.SendAsync(HttpMethod.Get, Api, staff)).ShouldBeAsync(HttpStatusCode.OK))[0];
        var whole = await app.ReadCustomerAsync(staff, item.Id());
        Assert.All(item.EnumerateObject(), field => Assert.Equal(whole.GetProperty(field.Name).ToString(), field.Value.ToString()));
    }

    [Fact]
    public async Task Next_link_stays_valid_while_customers_change()
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        var created = await CreateManyAsync(staff, 5);
        var (first, _, next) = await ListAsync(staff, "?limit=2&is_active=true");
        await (await app.Customers.SendAsync(HttpMethod.Delete, Api + created[0], staff)).ShouldBeAsync(HttpStatusCode.OK);
        created = [.. created, .. await CreateManyAsync(staff, 1)];
        var seen = first.ToList();
        while (next is not null)
        {
            (var page, _, next) = await ListAsync(staff, next);
            seen.AddRange(page);
        }

        Assert.Equal(created, seen);
    }

    [Fact]
    public async Task List_is_filtered_by_activity()
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        var created = await CreateManyAsync(staff, 3);
        await (await app.Customers.SendAsync(HttpMethod.Delete, Api + created[1], staff)).ShouldBeAsync(HttpStatusCode.OK);
        await ShouldListAsync(staff, "", created);
        await ShouldListAsync(staff, "?is_active=true", [created[0], created[2]]);
        await ShouldListAsync(staff, "?is_active=false", [created[1]]);
    }

    [Theory]
    [InlineData("?limit=0", "limit")]
    [InlineData("?limit=1001", "limit")]
    [InlineData("?limit=many", "limit")]
    [InlineData("?limit=99999999999", "limit")]
    [InlineData("?skip=-1", "skip")]
    [InlineData("?is_active=perhaps", "is_active")]
    [InlineData("?cursor=abc", "cursor")]
    public async Task Invalid_list_query_is_refused_by_field_name(string query, string field) =>
        await (await app.Customers.SendAsync(HttpMethod.Get, Api + query, await app.SomeStaffAsync())).ShouldRefuseAsync(field);

    private async Task ShouldListAsync(Person who, string query, string[] expected)
    {
        var (ids, total, next) = await ListAsync(who, query);
        Assert.Equal(expected, ids);
        Assert.Equal((expected.Length.ToString(), null), (total, next));
    }

    private async Task<(string[] Ids, string Total, string? Next)> ListAsync(Person who, string query)
    {
        var response = await app.Customers.SendAsync(HttpMethod.Get, query.StartsWith('/') ? query : Api + query, who);
        var page = await response.ShouldBeAsync(HttpStatusCode.OK);
        var link = response.Headers.TryGetValues("Link", out var values) ? values.Single().Split('<', '>')[1] : null;
        return ([.. page.EnumerateArray().Select(CustomerIntents.Id)], response.Headers.GetValues("X-Total-Count").Single(), link);
    }

    private async Task<string[]> CreateManyAsync(Person staff, int count)
    {
        var created = new List<string>();
        for (var number = 0; number < count; number++)
        {
            created.Add((await app.CreateCustomerAsync(staff)).Id());
        }

        return [.. created];
    }
}
