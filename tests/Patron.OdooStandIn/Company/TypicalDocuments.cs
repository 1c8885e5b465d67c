namespace Patron.OdooStandIn.Company;

/// <summary>What the typical company has sold, and what people ask of it.</summary>
public sealed partial class StandInCompany
{
    /// <summary>
    /// An invoice or, with <paramref name="isRefund"/>, a credit note, posted and open unless said; days are counted from today. It is due at once, unless
    /// <see cref="SplitInvoice"/> is called.
    /// </summary>
    public long AddInvoice(
        long partner, decimal amount, int dueInDays, string currency = "USD", decimal? residual = null, string paymentState = "not_paid", string state = "posted", bool isRefund = false,
        string? type = null)
    {
        lock (Gate)
        {
            var due = DateOnly.FromDateTime(Now()).AddDays(dueInDays);
            var record = Add(
                "account.move", ("move_type", type ?? (isRefund ? "out_refund" : "out_invoice")), ("state", state), ("partner_id", partner), ("invoice_date", due.AddDays(-30)), ("invoice_date_due", due),
                ("currency_id", Currency(currency)), ("amount_untaxed", amount), ("amount_tax", 0m), ("amount_total", amount), ("amount_residual", residual ?? amount), ("payment_state", paymentState));
            record["name"] = $"{(isRefund ? "RINV" : "INV")}/{due.Year}/{record.Id:00000}";
            AddInstalment(record, residual ?? amount, due);
            return record.Id;
        }
    }

    /// <summary>Several due dates for an invoice, each with what is left to pay of it. Odoo shows the last of them as the invoice's own.</summary>
    public void SplitInvoice(long invoice, params (decimal Residual, int DueInDays)[] instalments)
    {
        lock (Gate)
        {
            var lines = models["account.move.line"];
            foreach (var line in lines.Records.Where(line => line["move_id"] is long move && move == invoice).ToList())
            {
                lines.Remove(line.Id);
            }

            var today = DateOnly.FromDateTime(Now());
            var record = Find("account.move", invoice);
            foreach (var (residual, dueInDays) in instalments)
            {
                AddInstalment(record, residual, today.AddDays(dueInDays));
            }

            (record["amount_residual"], record["invoice_date_due"]) = (instalments.Sum(one => one.Residual), today.AddDays(instalments.Max(one => one.DueInDays)));
        }
    }

    // A line of the receivable account: what customers owe is above nought, what they are owed below.
    private void AddInstalment(Models.StandInRecord invoice, decimal residual, DateOnly due)
    {
        var signed = invoice["move_type"] is "out_refund" ? -residual : residual;
        Add(
            "account.move.line", ("move_id", invoice.Id), ("date", invoice["invoice_date"]), ("date_maturity", due), (Schema.AccountType(Version), Version < 16 ? "receivable" : "asset_receivable"),
            ("currency_id", invoice["currency_id"]), ("reconciled", residual == 0), ("amount_residual", signed), ("amount_residual_currency", signed));
        Add(
            "account.move.line", ("move_id", invoice.Id), ("date", invoice["invoice_date"]), (Schema.AccountType(Version), Version < 16 ? "other" : "income"), ("currency_id", invoice["currency_id"]),
            ("reconciled", false));
    }

    /// <summary>An order, confirmed unless said.</summary>
    public long AddOrder(long partner, decimal amount, string state = "sale", string currency = "USD", params (string Field, object? Value)[] values)
    {
        lock (Gate)
        {
            var record = Add(
                "sale.order", [("state", state), ("partner_id", partner), ("partner_invoice_id", partner), ("date_order", Now()), ("currency_id", Currency(currency)), ("amount_untaxed", amount),
                ("amount_tax", 0m), ("amount_total", amount), .. values]);
            record["name"] = $"S{record.Id:00000}";
            return record.Id;
        }
    }

    /// <summary>A task in the project that customers see, or in the one of employees; its partner follows it unless said.</summary>
    public long AddTask(long partner, string name, bool isVisible = true, bool isFollowed = true) => AddRecord(
        "project.task", ("name", name), ("partner_id", partner), ("project_id", isVisible ? 1L : 2L), ("stage_id", 1L), ("state", "01_in_progress"), ("priority", "0"),
        ("message_partner_ids", isFollowed ? new[] { partner } : []));

    private long Currency(string name) => models["res.currency"].Records.Single(currency => currency["name"] as string == name).Id;

    // 30 invoices (26 posted: 5 paid, 1 in part; 3 refunds; 4 drafts), 20 orders, 29 tickets of the first company.
    private void FillDocuments(List<(string Name, string Email, long Id)> entries)
    {
        for (var index = 0; index < 30; index++)
        {
            var amount = 89m * (1 + (index % 3));
            var (residual, paid) = index switch { < 5 => (0m, "paid"), 5 => (amount - 10, "partial"), _ => (amount, "not_paid") };
            AddInvoice(
                entries[index % 12].Id, amount, index == 24 ? 20 : 20 - (11 * index), index % 5 == 4 ? "ZAR" : index % 7 == 6 ? "EUR" : "USD", residual, paid,
                index < 26 ? "posted" : "draft", isRefund: index is 9 or 17 or 25);
        }

        for (var index = 0; index < 20; index++)
        {
            AddOrder(entries[index].Id, 89m * (1 + (index % 4)), (index % 10) switch { 3 => "draft", 5 => "sent", 7 => "cancel", _ => "sale" });
        }

        AddRecord("project.task.type", ("name", "New"));
        AddRecord("project.task.type", ("name", "Done"), ("fold", true));
        AddRecord("project.project", ("name", "Support"), ("privacy_visibility", "portal"));
        AddRecord("project.project", ("name", "Internal"), ("privacy_visibility", Version < 19 ? "followers" : "employees"));
        for (var index = 0; index < 29; index++)
        {
            AddTask(entries[0].Id, $"Ticket {index:00}: the line is slow");
        }

        for (var index = 0; index < 3; index++)
        {
            AddTask(entries[0].Id, $"Internal note {index}", isVisible: false);
        }
    }
}
