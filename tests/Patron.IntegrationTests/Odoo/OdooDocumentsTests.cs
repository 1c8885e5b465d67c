using Microsoft.Extensions.Logging.Abstractions;
using Patron.Erp.Dashboards;
using Patron.Odoo;
using Patron.Odoo.Client;
using Patron.Odoo.Dashboard;
using Patron.OdooStandIn.Company;
using Patron.OdooStandIn.Server;
using Patron.Shared.Results;

namespace Patron.IntegrationTests.Odoo;

/// <summary>A customer's documents in different versions and with different modules.</summary>
public abstract class OdooDocumentsTests(int version) : IAsyncLifetime
{
    private StandInOdoo odoo = null!;
    private OdooClient client = null!;
    private long partner;

    private StandInCompany Company => odoo.Company;

    public async ValueTask InitializeAsync()
    {
        odoo = await StandInOdoo.StartAsync(StandInCompany.Typical(version));
        client = odoo.NewClient();
        partner = Company.AddPartner("Customer Ltd", null, ("is_company", true));
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await odoo.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("not_paid", 100, InvoiceState.Open)]
    [InlineData("partial", 40, InvoiceState.PartlyPaid)]
    [InlineData("in_payment", 0, InvoiceState.Paid)]
    [InlineData("paid", 0, InvoiceState.Paid)]
    [InlineData("reversed", 0, InvoiceState.Reversed)]
    [InlineData("blocked", 100, InvoiceState.Open)]
    [InlineData("something new", 100, InvoiceState.Open)]
    [InlineData("something new", 0, InvoiceState.Paid)]
    public async Task Invoice_state_follows_the_payment_state(string paymentState, int residual, InvoiceState state)
    {
        Company.AddInvoice(partner, 100m, dueInDays: -1, residual: residual, paymentState: paymentState);
        var invoice = Assert.Single((await Documents().InvoicesAsync($"{partner}", DocumentQuery.Latest, default)).Value.Items);
        Assert.Equal((state, 100m, (decimal)residual, residual > 0, "USD"), (invoice.State, invoice.Total, invoice.Open, invoice.IsOverdue, invoice.Currency));
    }

    [Fact]
    public async Task Drafts_are_hidden_and_invoices_due_today_are_not_overdue()
    {
        Company.AddInvoice(partner, 100m, dueInDays: -10, state: "draft");
        Company.AddInvoice(partner, 100m, dueInDays: -10, state: "cancel");
        Company.AddInvoice(partner, 100m, dueInDays: 0);
        Assert.False(Assert.Single((await Documents().InvoicesAsync($"{partner}", DocumentQuery.Latest, default)).Value.Items).IsOverdue);
        Assert.Empty((await Documents().ArrearsAsync($"{partner}", default)).Value.Items);
    }

    [Fact]
    public async Task Arrears_are_unpaid_amounts_by_currency_less_credits()
    {
        Company.AddInvoice(partner, 100.10m, dueInDays: -10);
        Company.AddInvoice(partner, 100m, dueInDays: -10, residual: 50.20m, paymentState: "partial");
        Company.AddInvoice(partner, 30m, dueInDays: -10, isRefund: true);
        Company.AddInvoice(partner, 500m, dueInDays: 5);
        Company.AddInvoice(partner, 20m, dueInDays: -10, currency: "EUR", isRefund: true);
        Company.AddInvoice(partner, 7m, dueInDays: -10, currency: "ZAR");
        var arrears = (await Documents().ArrearsAsync($"{partner}", default)).Value;
        Assert.Equal(5, arrears.Total);
        Assert.Equal([new ErpArrears("EUR", -20m, 1), new ErpArrears("USD", 120.30m, 3), new ErpArrears("ZAR", 7m, 1)], arrears.Items);
    }

    [Fact]
    public async Task Receipts_are_shown_like_invoices()
    {
        Company.AddInvoice(partner, 100m, dueInDays: -10, type: "out_receipt");
        Company.AddInvoice(partner, 200m, dueInDays: -10, type: "in_invoice");
        Company.AddInvoice(partner, 300m, dueInDays: -10, type: "entry");
        var receipt = Assert.Single((await Documents().InvoicesAsync($"{partner}", DocumentQuery.Latest, default)).Value.Items);
        Assert.Equal((InvoiceKind.Invoice, 100m, true), (receipt.Kind, receipt.Open, receipt.IsOverdue));
        Assert.Equal([new ErpArrears("USD", 100m, 1)], (await Documents().ArrearsAsync($"{partner}", default)).Value.Items);
    }

    [Fact]
    public async Task Invoice_is_overdue_when_one_instalment_is()
    {
        var paidSoFar = Company.AddInvoice(partner, 90m, dueInDays: 40);
        Company.SplitInvoice(paidSoFar, (0m, -20), (30m, 10), (30m, 40));
        var late = Company.AddInvoice(partner, 90m, dueInDays: 50);
        Company.SplitInvoice(late, (10m, -20), (30m, -1), (30m, 0), (30m, 50));
        var invoices = (await Documents().InvoicesAsync($"{partner}", DocumentQuery.Latest, default)).Value.Items.OrderBy(invoice => invoice.Id).ToList();
        var today = DateOnly.FromDateTime(DateTime.UtcNow);
        Assert.Equal([(false, 60m, today.AddDays(10)), (true, 100m, today.AddDays(-20))], invoices.Select(invoice => (invoice.IsOverdue, invoice.Open, invoice.DueDate!.Value)));
        Assert.Equal([new ErpArrears("USD", 40m, 1)], (await Documents().ArrearsAsync($"{partner}", default)).Value.Items);
    }

    [Fact]
    public async Task Last_due_date_is_used_without_the_right_to_read_entries()
    {
        Company.DenyRobot("account.move.line");
        var late = Company.AddInvoice(partner, 90m, dueInDays: 50);
        Company.SplitInvoice(late, (10m, -20), (30m, 50));
        Company.AddInvoice(partner, 7m, dueInDays: -1);
        Company.AddInvoice(partner, 2m, dueInDays: -1, isRefund: true);
        var invoices = (await Documents().InvoicesAsync($"{partner}", DocumentQuery.Latest, default)).Value.Items.OrderBy(invoice => invoice.Id);
        Assert.Equal([false, true, false], invoices.Select(invoice => invoice.IsOverdue));
        Assert.Equal([new ErpArrears("USD", 5m, 2)], (await Documents().ArrearsAsync($"{partner}", default)).Value.Items);
    }

    [Fact]
    public async Task Credit_note_is_never_overdue()
    {
        Company.AddInvoice(partner, 30m, dueInDays: -10, isRefund: true);
        var note = Assert.Single((await Documents().InvoicesAsync($"{partner}", DocumentQuery.Latest, default)).Value.Items);
        Assert.Equal((InvoiceKind.CreditNote, 30m, false), (note.Kind, note.Open, note.IsOverdue));
    }

    [Fact]
    public async Task Entries_are_read_only_for_open_invoices()
    {
        Company.AddInvoice(partner, 30m, dueInDays: -10, residual: 0m, paymentState: "paid");
        await Documents().InvoicesAsync($"{partner}", DocumentQuery.Latest, default);
        Assert.Equal(0, odoo.Book.Count("account.move.line.search_read"));
    }

    [Fact]
    public async Task Arrears_include_invoices_beyond_the_list()
    {
        for (var index = 0; index < 1010; index++)
        {
            Company.AddInvoice(partner, 1m, dueInDays: -1 - index);
        }

        Assert.Equal(new ErpArrears("USD", 1010m, 1010), Assert.Single((await Documents().ArrearsAsync($"{partner}", default)).Value.Items));
        var invoices = (await Documents().InvoicesAsync($"{partner}", DocumentQuery.Latest, default)).Value;
        Assert.Equal((1010, 50), (invoices.Total, invoices.Items.Count));
        Assert.Equal(invoices.Items.OrderByDescending(invoice => invoice.Date).Select(invoice => invoice.Id), invoices.Items.Select(invoice => invoice.Id));
    }

    [Fact]
    public async Task Orders_are_those_of_Odoos_portal()
    {
        foreach (var state in new[] { "draft", "sent", "sale", "done", "cancel", "odd" })
        {
            Company.AddOrder(partner, 10m, state);
        }

        var orders = (await Documents().OrdersAsync($"{partner}", DocumentQuery.Latest, default)).Value.Items.OrderBy(order => order.Id);
        Assert.Equal([OrderState.Sent, OrderState.Confirmed, OrderState.Confirmed], orders.Select(order => order.State));
    }

    [Fact]
    public async Task Without_helpdesk_tickets_are_visible_tasks()
    {
        Company.AddTask(partner, "Visible");
        Company.AddTask(partner, "Ours alone", isVisible: false);
        Company.AddTask(partner, "Nobody of theirs follows it", isFollowed: false);
        var contact = Company.AddPartner("Contact", null, ("parent_id", partner));
        var otherPerson = Company.AddPartner("Stranger Ltd", null, ("is_company", true));
        Company.ChangeRecord("project.task", Company.AddTask(partner, "Followed by a stranger"), ("message_partner_ids", new[] { otherPerson }));
        Company.ChangeRecord("project.task", Company.AddTask(otherPerson, "A stranger's, followed by them"), ("message_partner_ids", new[] { partner }));
        Company.ChangeRecord("project.task", Company.AddTask(partner, "A contact follows it"), ("message_partner_ids", new[] { contact }));
        var invited = Company.AddRecord("project.project", ("name", "Invited"), ("privacy_visibility", "invited_users"));
        Company.ChangeRecord("project.task", Company.AddTask(partner, "In a project for those invited"), ("project_id", invited));
        var done = Company.AddTask(partner, "Settled");
        Company.ChangeRecord("project.task", done, ("state", "1_done"), ("stage_id", 2));
        var tickets = (await Documents().TicketsAsync($"{partner}", DocumentQuery.Latest, default)).Value;
        Assert.Equal(
            [("Settled", "Done", false), ("In a project for those invited", "New", true), ("A contact follows it", "New", true), ("Visible", "New", true)],
            tickets.Items.Select(ticket => (ticket.Title, ticket.Stage!, ticket.IsOpen!.Value)));
        Assert.Equal(4, tickets.Total);
    }

    [Fact]
    public async Task With_helpdesk_tickets_are_its_tickets()
    {
        Company.InstallHelpdesk();
        Company.AddTask(partner, "A task");
        var stage = Company.AddRecord("helpdesk.stage", ("name", "Solved"));
        Company.AddRecord("helpdesk.ticket", ("name", "No light"), ("ticket_ref", "00042"), ("partner_id", partner));
        Company.AddRecord("helpdesk.ticket", ("name", "Was dark"), ("ticket_ref", "00041"), ("partner_id", partner), ("stage_id", stage), ("close_date", DateTime.UtcNow));
        var tickets = (await Documents().TicketsAsync($"{partner}", DocumentQuery.Latest, default)).Value.Items;
        Assert.Equal([("Was dark", "00041", "Solved", false), ("No light", "00042", null, true)], tickets.Select(ticket => (ticket.Title, ticket.Number, ticket.Stage, ticket.IsOpen!.Value)));
    }

    [Fact]
    public async Task Services_are_subscriptions_if_installed()
    {
        Assert.Equal(ErrorKind.NotFound, (await Documents().ServicesAsync($"{partner}", default)).Error?.Kind);
        Company.InstallSubscriptions();
        var plan = Company.AddRecord("sale.subscription.plan", ("name", "Monthly"));
        foreach (var state in new[] { "1_draft", "3_progress", "4_paused", "5_renewed", "6_churn" })
        {
            Company.AddOrder(partner, 25m, values: [("is_subscription", true), ("subscription_state", state), ("plan_id", plan), ("next_invoice_date", new DateOnly(2027, 1, 1))]);
        }

        Company.AddOrder(partner, 99m);
        using var later = odoo.NewClient();
        var services = (await Documents(later).ServicesAsync($"{partner}", default)).Value.Items;
        Assert.Equal([ServiceState.Ended, ServiceState.Paused, ServiceState.Active], services.Select(service => service.State));
        Assert.All(services, service => Assert.Equal(("Monthly", 25m, "USD", new DateOnly(2027, 1, 1)), (service.Plan, service.Amount, service.Currency, service.NextInvoiceDate)));
    }

    [Fact]
    public async Task Before_16_subscriptions_are_separate_records()
    {
        Company.InstallSubscriptions(asOwnRecords: true);
        var stage = Company.AddRecord("sale.subscription.stage", ("name", "In progress"));
        Company.AddRecord("sale.subscription", ("name", "SUB1"), ("code", "SUB001"), ("partner_id", partner), ("stage_id", stage), ("recurring_total", 12.5m), ("currency_id", 1));
        var service = Assert.Single((await Documents().ServicesAsync($"{partner}", default)).Value.Items);
        Assert.Equal(("SUB001", 12.5m, "USD"), (service.Number, service.Amount, service.Currency));
    }

    [Fact]
    public async Task Missing_module_is_404_missing_right_403_and_failure_503()
    {
        Company.Uninstall("project.task");
        Assert.Equal(ErrorKind.NotFound, (await Documents().TicketsAsync($"{partner}", DocumentQuery.Latest, default)).Error?.Kind);
        Company.DenyRobot("account.move");
        Assert.Equal(ErrorKind.Forbidden, (await Documents().InvoicesAsync($"{partner}", DocumentQuery.Latest, default)).Error?.Kind);
        odoo.Book.FailAlways("sale.order", Fault.BusyDatabase);
        Assert.Equal(ErrorKind.Unavailable, (await Documents().OrdersAsync($"{partner}", DocumentQuery.Latest, default)).Error?.Kind);
    }

    [Fact]
    public async Task Sections_are_read_in_parallel_and_share_the_company_lookup()
    {
        await using var slow = await StandInOdoo.StartAsync(Company, new StandInSettings { PerCall = TimeSpan.FromMilliseconds(100) });
        using var waitingCall = slow.NewClient();
        var documents = Documents(waitingCall);
        await Task.WhenAll(documents.InvoicesAsync($"{partner}", DocumentQuery.Latest, default), documents.ArrearsAsync($"{partner}", default), documents.OrdersAsync($"{partner}", DocumentQuery.Latest, default), documents.TicketsAsync($"{partner}", DocumentQuery.Latest, default));
        Assert.Equal(1, slow.Book.Count("res.partner.search_read"));
        Assert.InRange(slow.Book.MaxConcurrentCalls, 2, 8);
    }

    private OdooDocuments Documents(OdooClient? other = null) =>
        new(other ?? client, new OdooOptions { SectionTimeout = TimeSpan.FromSeconds(20) }, TimeProvider.System, NullLogger<OdooDocuments>.Instance);
}

public sealed class Odoo14DocumentsTests() : OdooDocumentsTests(14);

public sealed class Odoo17DocumentsTests() : OdooDocumentsTests(17);

public sealed class Odoo19DocumentsTests() : OdooDocumentsTests(19);
