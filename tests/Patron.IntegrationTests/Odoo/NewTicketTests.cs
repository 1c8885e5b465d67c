using System.Net;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Odoo;

/// <summary>Customers open tickets, with an Odoo that gets its helpdesk while Patron runs.</summary>
public sealed class NewTicketTests(PatronWithOdoo app) : IClassFixture<PatronWithOdoo>
{
    [Fact]
    public async Task Tickets_are_opened_only_where_Patrons_user_may_create_them()
    {
        var partner = app.NewPartner();
        var person = await app.CustomerOfAsync(partner);
        Assert.Contains("Please contact us", await NewAsync(), StringComparison.Ordinal);
        app.Company.InstallHelpdesk();
        Assert.Contains("Please contact us", await NewAsync(), StringComparison.Ordinal);
        app.Company.LetRobotWrite("helpdesk.ticket");
        Assert.Contains("name=\"subject\"", await NewAsync(), StringComparison.Ordinal);
        using var answer = await app.PostPageAsync(person, "/tickets/new", "/tickets/new", ("subject", "No signal"), ("message", "Since Monday."));
        Assert.Equal((HttpStatusCode.SeeOther, "/tickets"), (answer.StatusCode, answer.Headers.Location?.ToString()));
        var id = Assert.Single(app.Company.Ids("helpdesk.ticket"));
        Assert.Equal(("No signal", "<p>Since Monday.</p>", partner), (
            app.Company.Value("helpdesk.ticket", id, "name"), app.Company.Value("helpdesk.ticket", id, "description"), app.Company.Value("helpdesk.ticket", id, "partner_id")));
        Assert.Contains("name=\"message\"", await ReadAsync($"/tickets/{id}"), StringComparison.Ordinal);

        app.Company.LetRobotWrite("helpdesk.ticket", mayWrite: false);
        Assert.DoesNotContain("name=\"message\"", await ReadAsync($"/tickets/{id}"), StringComparison.Ordinal);

        Task<string> NewAsync() => ReadAsync("/tickets/new");

        async Task<string> ReadAsync(string path)
        {
            using var page = await app.Accounts.SendAsync(HttpMethod.Get, path, person);
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
            return await page.Content.ReadAsStringAsync();
        }
    }
}
