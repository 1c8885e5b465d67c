using System.Net;
using Patron.IntegrationTests.Hosting;
using Patron.OdooStandIn.Server;

namespace Patron.IntegrationTests.Odoo;

/// <summary>Customers answer their tickets.</summary>
public sealed class TicketPagesTests(PatronWithOdoo app) : IClassFixture<PatronWithOdoo>
{
    [Fact]
    public async Task Customer_answers_a_ticket_once_however_often_the_form_is_sent()
    {
        var partner = app.NewPartner();
        var id = app.Company.AddTask(partner, "The router restarts");
        var person = await app.CustomerOfAsync(partner);
        var form = ("form_key", Guid.NewGuid().ToString());
        for (var attempt = 0; attempt < 2; attempt++)
        {
            using var answer = await app.PostPageAsync(person, $"/tickets/{id}", $"/tickets/{id}", ("message", "Still <broken>.\nSorry."), form);
            Assert.Equal((HttpStatusCode.SeeOther, $"/tickets/{id}"), (answer.StatusCode, answer.Headers.Location?.ToString()));
        }

        var message = Assert.Single(app.Company.Ids("mail.message"), one => app.Company.Value("mail.message", one, "res_id") is long ticket && ticket == id);
        Assert.Equal("<p>Still &lt;broken&gt;.<br/>Sorry.</p>", app.Company.Value("mail.message", message, "body"));
        Assert.Equal(partner, app.Company.Value("mail.message", message, "author_id"));
        using var page = await app.Accounts.SendAsync(HttpMethod.Get, $"/tickets/{id}", person);
        Assert.Contains("Still &lt;broken&gt;.", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_and_failed_answers_keep_the_text_and_can_be_sent_again()
    {
        var partner = app.NewPartner();
        var id = app.Company.AddTask(partner, "The router restarts");
        var person = await app.CustomerOfAsync(partner);
        foreach (var (text, said) in new[] { (" ", "This field is required."), (new string('x', 5001), "Use at most 5000 characters.") })
        {
            using var refused = await app.PostPageAsync(person, $"/tickets/{id}", $"/tickets/{id}", ("message", text));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains(said, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        var form = ("form_key", Guid.NewGuid().ToString());
        app.Odoo.Book.FailAlways("project.task.message_post", Fault.DropConnection);
        try
        {
            using var failed = await app.PostPageAsync(person, $"/tickets/{id}", $"/tickets/{id}", ("message", "Please keep me"), form);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, failed.StatusCode);
            Assert.Contains(">Please keep me</textarea>", await failed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        finally
        {
            app.Odoo.Book.FailNoMore();
        }

        using var sent = await app.PostPageAsync(person, $"/tickets/{id}", $"/tickets/{id}", ("message", "Please keep me"), form);
        Assert.Equal(HttpStatusCode.SeeOther, sent.StatusCode);
        Assert.Single(app.Company.Ids("mail.message"), one => app.Company.Value("mail.message", one, "res_id") is long ticket && ticket == id);
    }

    [Fact]
    public async Task Nobody_answers_another_customers_ticket()
    {
        var id = app.Company.AddTask(app.NewPartner("Stranger Ltd"), "The router restarts");
        var person = await app.CustomerOfAsync(app.NewPartner());
        using var answer = await app.PostPageAsync(person, "/tickets", $"/tickets/{id}", ("message", "Hello"));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.DoesNotContain(app.Company.Ids("mail.message"), one => app.Company.Value("mail.message", one, "res_id") is long ticket && ticket == id);
    }
}
