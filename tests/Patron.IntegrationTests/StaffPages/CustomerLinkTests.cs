using System.Net;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;

namespace Patron.IntegrationTests.StaffPages;

/// <summary>The links that staff have mailed from a customer's page: to confirm an address, or to set a first password.</summary>
public sealed class CustomerLinkTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task An_account_with_an_unproven_address_gets_another_mail_and_a_proven_one_gets_none()
    {
        var staff = await app.SomeStaffAsync();
        var (person, customer) = await app.SignUpAsync();
        var id = (await app.CustomersSqlAsync<string>("SELECT customer_id FROM customers.customers WHERE uid = $1", customer.Uid))!;
        using (var sent = await SendAsync(staff, id))
        {
            Assert.Equal(HttpStatusCode.SeeOther, sent.StatusCode);
        }

        await AccountCalls.WithinAsync(
            TimeSpan.FromSeconds(10), () => Task.FromResult(app.MailsTo(person.Email).Count == 2), "two mails to confirm the address");
        await LinkingIntents.ProveAsync(app, person);
        using var refused = await SendAsync(staff, id);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(2, app.MailsTo(person.Email).Count);
    }

    [Fact]
    public async Task A_blocked_customer_gets_no_link_to_set_a_password()
    {
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);
        await app.CustomersSqlAsync<object>("UPDATE customers.customers SET is_blocked = true WHERE customer_id = $1", customer.Id());
        using var refused = await SendAsync(staff, customer.Id());
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    private Task<HttpResponseMessage> SendAsync(Person staff, string customer) =>
        app.PostPageAsync(staff, $"/console/1/customers/{customer}", $"/console/1/customers/{customer}/send-link");
}
