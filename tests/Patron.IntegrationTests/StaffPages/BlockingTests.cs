using System.Net;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.StaffPages;

/// <summary>Blocking a customer on the console's page: the reason is a comment, or nothing happens.</summary>
public sealed class BlockingTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Blocking_keeps_the_reason_as_a_comment_of_who_blocked()
    {
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);
        using var answer = await BlockAsync(staff, customer.Id(), "Unpaid since March.");

        Assert.Equal($"/console/1/customers/{customer.Id()}", answer.Headers.Location?.ToString());
        Assert.Equal("blocked", (await app.ReadCustomerAsync(staff, customer.Id())).Text("status"));
        Assert.Equal(1, await CountCommentsAsync(customer.Id(), "Unpaid since March.", staff));
        Assert.Equal(["customer.created", "customer.comment_added", "customer.changed"], (await app.TraceAsync(customer)).Select(entry => entry.Action));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    public async Task Without_a_reason_nothing_is_blocked(string reason)
    {
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);
        using var answer = await BlockAsync(staff, customer.Id(), reason);

        Assert.EndsWith("/block", answer.Headers.Location?.ToString(), StringComparison.Ordinal);
        Assert.Equal("active", (await app.ReadCustomerAsync(staff, customer.Id())).Text("status"));
        Assert.Equal(0, await app.CustomersSqlAsync<long>(
            "SELECT count(*) FROM customers.comments m JOIN customers.customers c ON c.uid = m.customer_uid WHERE c.customer_id = $1", customer.Id()));
    }

    [Fact]
    public async Task Of_two_who_block_at_once_one_succeeds_with_their_reason()
    {
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);

        var answers = await AccountCalls.ConcurrentlyAsync(2, number => BlockAsync(staff, customer.Id(), $"Reason {number}"));

        Assert.Single(answers, answer => answer.Headers.Location!.ToString().EndsWith(customer.Id(), StringComparison.Ordinal));
        Assert.Equal(1, await CountCommentsAsync(customer.Id(), "Reason %", staff));
    }

    [Fact]
    public async Task Staff_of_another_organization_and_customers_block_nobody()
    {
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);
        foreach (var other in new[] { await app.StaffOfNewOrganizationAsync(), await app.RegisterAsync() })
        {
            using var browser = await PageClient.SignInAsync(app, other);
            using var answer = await browser.PostAsync(
                "/security", $"/console/1/customers/{customer.Id()}/block", [("version", "1"), ("reason", "Out of spite.")]);
            Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal("active", (await app.ReadCustomerAsync(staff, customer.Id())).Text("status"));
    }

    private async Task<HttpResponseMessage> BlockAsync(Person who, string customer, string reason)
    {
        var page = $"/console/1/customers/{customer}/block";
        var answer = await app.PostPageAsync(who, page, page, ("version", "1"), ("reason", reason), ("form_page", page), ("form_id", "block"));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return answer;
    }

    private Task<long> CountCommentsAsync(string customer, string text, Person author) => app.CustomersSqlAsync<long>(
        "SELECT count(*) FROM customers.comments m JOIN customers.customers c ON c.uid = m.customer_uid WHERE c.customer_id = $1 AND m.text LIKE $2 AND m.author_user_id = $3",
        customer, text, author.Id)!;
}
