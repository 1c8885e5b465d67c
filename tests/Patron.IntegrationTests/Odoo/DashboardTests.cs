using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;
using Patron.OdooStandIn.Server;

namespace Patron.IntegrationTests.Odoo;

/// <summary>The dashboard over HTTP: fresh, cached, and with an Odoo that is partly or completely unavailable.</summary>
public sealed class DashboardTests(PatronWithOdoo app) : IClassFixture<PatronWithOdoo>
{
    private static readonly string[] Sections = ["services", "billing", "arrears", "tickets", "orders"];

    [Fact]
    public async Task Customer_sees_record_invoices_arrears_tickets_and_orders()
    {
        var person = await app.CustomerOfAsync(FirstCompany());
        var dashboard = await app.ReadDashboardAsync(person);
        Assert.Equal(["not_available", "ok", "ok", "ok", "ok"], Statuses(dashboard));
        var customer = dashboard.GetProperty("customer");
        Assert.Equal((person.Email, "Jane Doe", "individual"), (customer.Text("email"), customer.Text("name"), customer.Text("type")));
        Assert.Matches("^CUST-[0-9A-F]{8}$", customer.Text("account_number"));

        Assert.Equal(3, Total(dashboard, "billing"));
        var invoices = Items(dashboard, "billing");
        Assert.Equal(["open", "paid", "open"], invoices.Select(invoice => invoice.Text("state")));
        Assert.Equal([false, false, true], invoices.Select(invoice => invoice.GetProperty("is_overdue").GetBoolean()));
        Assert.Equal(["ZAR", "USD", "USD"], invoices.Select(invoice => invoice.Text("currency")));
        Assert.Equal((89m, 0m), (invoices[1].GetProperty("total").GetDecimal(), invoices[1].GetProperty("open").GetDecimal()));
        var arrears = Assert.Single(Items(dashboard, "arrears"));
        Assert.Equal(("USD", 89m, 1), (arrears.Text("currency"), arrears.GetProperty("amount").GetDecimal(), arrears.GetProperty("documents").GetInt32()));
        Assert.Equal((29, 29), (Total(dashboard, "tickets"), Items(dashboard, "tickets").Count));
        Assert.All(Items(dashboard, "tickets"), ticket => Assert.StartsWith("Ticket ", ticket.Text("title"), StringComparison.Ordinal));
        Assert.Equal("confirmed", Assert.Single(Items(dashboard, "orders")).Text("state"));
        Assert.Equal(Sections.Min(section => dashboard.GetProperty(section).GetProperty("as_of").GetDateTimeOffset()), dashboard.GetProperty("as_of").GetDateTimeOffset());
    }

    [Fact]
    public async Task Fresh_sections_come_from_the_cache_and_older_ones_from_Odoo()
    {
        var partner = app.NewPartner();
        var person = await app.CustomerOfAsync(partner);
        var first = await app.ReadDashboardAsync(person);
        Assert.Empty(Items(first, "orders"));
        app.Company.AddOrder(partner, 50m);
        var calls = app.Odoo.Book.Calls.Count;
        var second = await app.ReadDashboardAsync(person);
        Assert.Equal(calls, app.Odoo.Book.Calls.Count);
        Assert.Equal(first.GetRawText(), second.GetRawText());

        app.Time.Shift += TimeSpan.FromSeconds(61);
        Assert.Equal(50m, Assert.Single(Items(await app.ReadDashboardAsync(person), "orders")).GetProperty("total").GetDecimal());
    }

    [Fact]
    public async Task Hanging_section_shows_its_cached_answer_and_delays_no_other()
    {
        var partner = app.NewPartner();
        app.Company.AddOrder(partner, 50m);
        var (person, other) = (await app.CustomerOfAsync(partner), await app.CustomerOfAsync(app.NewPartner()));
        var known = await app.ReadDashboardAsync(person);
        app.Time.Shift += TimeSpan.FromSeconds(61);
        app.Odoo.Book.FailAlways("account.move", Fault.Hang);
        app.Odoo.Book.FailAlways("account.move.line", Fault.Hang);
        app.Odoo.Book.FailAlways("sale.order.search_read", Fault.Hang);
        try
        {
            var watch = Stopwatch.StartNew();
            var dashboard = await app.ReadDashboardAsync(person);
            // Three sections hang for three seconds each, in parallel.
            Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(2.9), TimeSpan.FromSeconds(6));
            Assert.Equal(["not_available", "stale", "stale", "ok", "stale"], Statuses(dashboard));
            Assert.Equal(known.GetProperty("orders").GetProperty("as_of").GetRawText(), dashboard.GetProperty("orders").GetProperty("as_of").GetRawText());
            Assert.Equal("S", Assert.Single(Items(dashboard, "orders")).Text("number")![..1]);
            Assert.True(dashboard.GetProperty("tickets").GetProperty("as_of").GetDateTimeOffset() > known.GetProperty("as_of").GetDateTimeOffset());
            Assert.Equal(["not_available", "away", "away", "ok", "away"], Statuses(await app.ReadDashboardAsync(other)));
        }
        finally
        {
            app.Odoo.Book.FailNoMore();
        }

        Assert.Equal(["not_available", "ok", "ok", "ok", "ok"], Statuses(await app.ReadDashboardAsync(other)));
    }

    [Fact]
    public async Task Temporarily_missing_right_shows_the_cached_answer_and_is_not_cached()
    {
        var partner = app.NewPartner();
        app.Company.AddOrder(partner, 50m);
        var (person, other) = (await app.CustomerOfAsync(partner), await app.CustomerOfAsync(app.NewPartner()));
        var known = await app.ReadDashboardAsync(person);
        app.Time.Shift += TimeSpan.FromSeconds(61);
        string[] denied = ["account.move", "account.move.line", "sale.order", "project.task"];
        foreach (var model in denied)
        {
            app.Company.DenyRobot(model);
        }

        try
        {
            for (var look = 1; look <= 2; look++)
            {
                var dashboard = await app.ReadDashboardAsync(person);
                Assert.Equal(["not_available", "stale", "stale", "stale", "stale"], Statuses(dashboard));
                Assert.Equal(known.GetProperty("orders").GetProperty("as_of").GetRawText(), dashboard.GetProperty("orders").GetProperty("as_of").GetRawText());
                Assert.Equal(50m, Assert.Single(Items(dashboard, "orders")).GetProperty("total").GetDecimal());
                Assert.Equal(Enumerable.Repeat("not_available", 5), Statuses(await app.ReadDashboardAsync(other)));
            }
        }
        finally
        {
            foreach (var model in denied)
            {
                app.Company.AllowRobot(model);
            }
        }

        Assert.Equal(["not_available", "ok", "ok", "ok", "ok"], Statuses(await app.ReadDashboardAsync(person)));
        Assert.Equal(["not_available", "ok", "ok", "ok", "ok"], Statuses(await app.ReadDashboardAsync(other)));
    }

    [Fact]
    public async Task Customer_does_not_see_documents_of_another_company()
    {
        var parent = app.NewPartner("Parent Ltd");
        var (subsidiary, contact) = (app.NewPartner("Subsidiary Ltd", parent), app.NewPartner("Contact", parent, isCompany: false));
        app.Company.AddInvoice(parent, 1m, dueInDays: -5);
        app.Company.AddInvoice(contact, 2m, dueInDays: -5);
        app.Company.AddInvoice(subsidiary, 4m, dueInDays: -5);
        app.Company.AddInvoice(app.NewPartner("Stranger Ltd"), 8m, dueInDays: -5);
        decimal Arrears(JsonElement dashboard) => Assert.Single(Items(dashboard, "arrears")).GetProperty("amount").GetDecimal();
        Assert.Equal(3m, Arrears(await app.ReadDashboardAsync(await app.CustomerOfAsync(parent))));
        var (person, customer) = await app.SignUpAsync();
        await app.LinkPartnerAsync(customer.Uid, subsidiary);
        var theirs = await app.ReadDashboardAsync(person);
        Assert.Equal((4m, 1), (Arrears(theirs), Total(theirs, "billing")));
    }

    [Fact]
    public async Task Customer_linked_to_another_partner_sees_nothing_of_the_first()
    {
        var (before, after) = (app.NewPartner(), app.NewPartner());
        app.Company.AddOrder(before, 50m);
        var (person, customer) = await app.SignUpAsync();
        await app.LinkPartnerAsync(customer.Uid, before);
        Assert.Single(Items(await app.ReadDashboardAsync(person), "orders"));
        await app.LinkPartnerAsync(customer.Uid, after);
        app.Odoo.Book.FailAlways("sale.order", Fault.DropConnection);
        try
        {
            Assert.Equal("away", (await app.ReadDashboardAsync(person)).GetProperty("orders").Text("status"));
        }
        finally
        {
            app.Odoo.Book.FailNoMore();
        }

        Assert.Empty(Items(await app.ReadDashboardAsync(person), "orders"));
        await app.LinkPartnerAsync(customer.Uid, null);
        Assert.Equal(Enumerable.Repeat("not_available", 5), Statuses(await app.ReadDashboardAsync(person)));
    }

    [Fact]
    public async Task Gone_partner_has_no_documents()
    {
        var partner = app.NewPartner();
        var person = await app.CustomerOfAsync(partner);
        app.Company.Delete(partner);
        Assert.Equal(Enumerable.Repeat("not_available", 5), Statuses(await app.ReadDashboardAsync(person)));
    }

    [Fact]
    public async Task Concurrent_requests_get_equal_responses()
    {
        var partner = app.NewPartner();
        app.Company.AddOrder(partner, 50m);
        var person = await app.CustomerOfAsync(partner);
        var dashboards = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => app.ReadDashboardAsync(person)));
        Assert.All(dashboards, dashboard => Assert.Equal(1, Total(dashboard, "orders")));
        Assert.Equal(5, await app.CustomersSqlAsync<long>("SELECT count(*) FROM erp.dashboards d JOIN customers.customers c ON c.uid = d.customer_uid WHERE c.user_id = $1", person.Id));
    }

    [Fact]
    public async Task Erasure_removes_the_cached_dashboard()
    {
        const string Kept = "SELECT count(*) FROM erp.dashboards WHERE customer_uid = $1";
        var (person, customer) = await app.SignUpAsync();
        await app.LinkPartnerAsync(customer.Uid, app.NewPartner());
        await app.ReadDashboardAsync(person);
        Assert.Equal(5, await app.CustomersSqlAsync<long>(Kept, customer.Uid));
        await (await app.Customers.SendAsync(HttpMethod.Delete, $"{CustomerIntents.Api}{customer.CustomerId}/hard", await app.AdminAsync())).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(0, await app.CustomersSqlAsync<long>(Kept, customer.Uid));
    }

    [Fact]
    public async Task Dashboard_needs_a_record_in_the_home_organization()
    {
        await (await app.Accounts.Client.GetAsync("/api/portal/dashboard")).ShouldBeAsync(HttpStatusCode.Unauthorized);
        var without = await (await app.GetDashboardAsync(await app.RegisterAsync())).ShouldBeAsync(HttpStatusCode.NotFound);
        Assert.Contains("profile", without.Text("detail"), StringComparison.Ordinal);
        using var byKey = new HttpRequestMessage(HttpMethod.Get, "/api/portal/dashboard") { Headers = { { "Authorization", $"token {await app.ApiKeyAsync()}" } } };
        await (await app.Accounts.Client.SendAsync(byKey)).ShouldBeAsync(HttpStatusCode.Forbidden);
        var unlinked = (await app.SignUpAsync()).Person;
        var dashboard = await app.ReadDashboardAsync(unlinked);
        Assert.Equal(Enumerable.Repeat("not_available", 5), Statuses(dashboard));
        Assert.Equal(JsonValueKind.Null, dashboard.GetProperty("as_of").ValueKind);
    }

    // The first company: the test customer of source 4 with 29 tickets.
    private long FirstCompany() => app.Company.Ids().First(id => app.Company.Value("res.partner", id, "name") is "Example Computer Systems");

    internal static IEnumerable<string> Statuses(JsonElement dashboard) => Sections.Select(section => dashboard.GetProperty(section).Text("status")!);

    internal static IReadOnlyList<JsonElement> Items(JsonElement dashboard, string section) => [.. dashboard.GetProperty(section).GetProperty("items").EnumerateArray()];

    private static int Total(JsonElement dashboard, string section) => dashboard.GetProperty(section).GetProperty("total").GetInt32();
}

/// <summary>The dashboard while Odoo is unavailable, and without an Odoo.</summary>
public sealed class DashboardWithoutOdooTests(PatronWithOdoo app, OneProcess alone) : IClassFixture<PatronWithOdoo>, IClassFixture<OneProcess>
{
    [Fact]
    public async Task Cached_answers_are_shown_with_their_time_while_Odoo_is_unavailable()
    {
        var (person, newcomer) = (await app.CustomerOfAsync(app.NewPartner()), await app.CustomerOfAsync(app.NewPartner()));
        var known = await app.ReadDashboardAsync(person);
        await app.Odoo.DisposeAsync();
        app.Time.Shift += TimeSpan.FromHours(1);
        person = await app.SignInAsync(person.Email);
        var shown = await app.ReadDashboardAsync(person);
        Assert.Equal(["not_available", "stale", "stale", "stale", "stale"], DashboardTests.Statuses(shown));
        Assert.Equal(known.GetProperty("as_of").GetRawText(), shown.GetProperty("as_of").GetRawText());
        Assert.Equal(Enumerable.Repeat("away", 5), DashboardTests.Statuses(await app.ReadDashboardAsync(await app.SignInAsync(newcomer.Email))));
    }

    [Fact]
    public async Task Without_Odoo_all_sections_are_not_available()
    {
        var (person, customer) = await alone.SignUpAsync();
        await alone.CustomersSqlAsync<object>("UPDATE customers.customers SET erp_source = 'odoo', erp_id = '7' WHERE uid = $1", customer.Uid);
        var answer = await (await alone.Accounts.SendAsync(HttpMethod.Get, "/api/portal/dashboard/", person)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.True(answer.GetProperty("success").GetBoolean());
        Assert.Equal(Enumerable.Repeat("not_available", 5), DashboardTests.Statuses(answer.GetProperty("data")));
    }
}
