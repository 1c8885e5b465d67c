using System.Net;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Odoo;
using Patron.IntegrationTests.Crm;
using Patron.OdooStandIn.Company;
using Patron.OdooStandIn.Server;

namespace Patron.IntegrationTests.StaffPages;

/// <summary>Who may read a customer's documents in the ERP on the console's pages, and what is shown while the ERP is away.</summary>
public sealed class CustomerDocumentTests(PatronWithOdoo app) : IClassFixture<PatronWithOdoo>
{
    [Fact]
    public async Task Staff_of_home_read_the_documents_of_the_linked_partner_and_nobody_else_does()
    {
        var (person, customer) = await LinkedAsync();
        var staff = await app.SomeStaffAsync();
        var page = $"/console/1/customers/{customer}/documents";

        Assert.Contains("1,234.50", await ReadAsync(staff, page), StringComparison.Ordinal);
        Assert.Contains("1 open", await ReadAsync(staff, page + "/figures"), StringComparison.Ordinal);
        Assert.Contains("/web#id=", await ReadAsync(staff, $"/console/1/customers/{customer}"), StringComparison.Ordinal);

        Assert.Equal("/dashboard", await WhereAsync(person, page));
        var foreign = await app.RegisterAsync();
        var number = (await app.CreateOrganizationAsync(foreign)).Number();
        Assert.Equal("/dashboard", await WhereAsync(foreign, page));
        using var browser = await PageClient.SignInAsync(app, foreign);
        using var elsewhere = await browser.GetAsync(page.Replace("/console/1/", $"/console/{number}/", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Forbidden, elsewhere.StatusCode);
    }

    [Fact]
    public async Task While_the_ERP_is_away_the_customers_page_opens_and_only_the_documents_say_so()
    {
        var (_, customer) = await LinkedAsync();
        var staff = await app.SomeStaffAsync();
        foreach (var model in new[] { "account.move", "account.move.line", "sale.order", "helpdesk.ticket", "project.task" })
        {
            app.Odoo.Book.FailAlways(model, Fault.Hang);
        }

        try
        {
            Assert.Contains("Amara", await ReadAsync(staff, $"/console/1/customers/{customer}"), StringComparison.Ordinal);
            Assert.Contains("answer right now", await ReadAsync(staff, $"/console/1/customers/{customer}/documents/figures"), StringComparison.Ordinal);
            Assert.Contains("answer right now", await ReadAsync(staff, $"/console/1/customers/{customer}/documents"), StringComparison.Ordinal);
        }
        finally
        {
            app.Odoo.Book.FailNoMore();
        }
    }

    [Fact]
    public async Task Documents_of_a_partner_in_conflict_and_of_nobody_are_not_shown()
    {
        var (_, customer) = await LinkedAsync();
        var staff = await app.SomeStaffAsync();
        await app.CustomersSqlAsync<object>(
            "UPDATE erp.partners p SET state = 'conflict', reason = 'address_moved' FROM customers.customers c WHERE p.customer_uid = c.uid AND c.customer_id = $1", customer);
        var page = await ReadAsync(staff, $"/console/1/customers/{customer}/documents");
        Assert.DoesNotContain("1,234.50", page, StringComparison.Ordinal);
        Assert.Contains("No documents to show", page, StringComparison.Ordinal);

        var unlinked = (await app.CreateCustomerAsync(staff)).Id();
        Assert.Contains("no partner in the ERP", await ReadAsync(staff, $"/console/1/customers/{unlinked}/documents"), StringComparison.Ordinal);
    }

    private async Task<(Person Person, string Customer)> LinkedAsync()
    {
        var partner = app.NewPartner();
        app.Company.AddInvoice(partner, 1234.50m, dueInDays: 10);
        var person = await app.CustomerOfAsync(partner);
        await app.CustomersSqlAsync<object>("UPDATE customers.customers SET first_name = 'Amara', name = 'Amara Moyo' WHERE user_id = $1", person.Id);
        return (person, (await app.CustomersSqlAsync<string>("SELECT customer_id FROM customers.customers WHERE user_id = $1", person.Id))!);
    }

    private async Task<string> ReadAsync(Person who, string page)
    {
        using var browser = await PageClient.SignInAsync(app, who);
        using var answer = await browser.GetAsync(page);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }

    private async Task<string?> WhereAsync(Person who, string page)
    {
        using var browser = await PageClient.SignInAsync(app, who);
        using var answer = await browser.GetAsync(page);
        return answer.Headers.Location?.ToString();
    }
}
