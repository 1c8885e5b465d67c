using System.Net;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Customers.Filters;

/// <summary>A customers service that does not hold names, addresses and phones of people with an account.</summary>
public sealed class SeparateServiceFilterTests(TwoServices app) : IClassFixture<TwoServices>
{
    [Theory]
    [InlineData("john")]
    [InlineData("tag:premium -john")]
    [InlineData("email:*@example.com")]
    [InlineData("phone:555")]
    [InlineData("language:de")]
    public async Task Filter_by_what_accounts_keep_is_refused(string filter)
    {
        var staff = await app.SomeStaffAsync();
        var problem = await (await app.FindAsync(staff, filter)).ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
        Assert.StartsWith("The accounts service keeps names", problem.GetProperty("errors").GetProperty("filter")[0].GetString(), StringComparison.Ordinal);
        await (await app.PostSegmentAsync(staff, "Personal", filter)).ShouldRefuseAsync("filter");
    }

    [Fact]
    public async Task Filter_by_the_record_finds_customers_in_orders_of_the_record()
    {
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);
        Assert.Equal(["John"], await app.FindAsync(staff, $"id:{customer.Id()} tag:PREMIUM").NamesAsync());
        await (await app.FindAsync(staff, "tag:premium", "&order=last_name")).ShouldRefuseAsync("order");
    }
}
