namespace Patron.OdooStandIn.Company;

/// <summary>A line of an invoice or an order; with a display type it is a heading or a note.</summary>
public sealed record StandInLine(string Name, decimal Quantity = 0, decimal UnitPrice = 0, decimal Discount = 0, string? DisplayType = null)
{
    public int Sequence { get; init; } = 10;

    public bool HidesLines { get; init; }

    public bool HidesPrices { get; init; }

    internal decimal Subtotal => decimal.Round(Quantity * UnitPrice * (1 - (Discount / 100)), 2);
}

/// <summary>The documents of the typical company: sales and support tasks.</summary>
public sealed partial class StandInCompany
{
    /// <summary>
    /// Adds an invoice or, with <paramref name="isRefund"/>, a credit note, posted and open by default; days are counted from today. It is
    /// due at once, unless <see cref="SplitInvoice"/> is called.
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
            AddLines("account.move.line", "move_id", record.Id, [new StandInLine("Fibre 50 Mbps", 1, amount)]);
            return record.Id;
        }
    }

    /// <summary>
    /// Splits an invoice into instalments, each with a due date and an unpaid amount. The invoice itself shows the last date.
    /// </summary>
    public void SplitInvoice(long invoice, params (decimal Residual, int DueInDays)[] instalments)
    {
        lock (Gate)
        {
            var lines = models["account.move.line"];
            foreach (var line in lines.Records.Where(line => line["move_id"] is long move && move == invoice && line["date_maturity"] is not null).ToList())
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

    // A line of the receivable account: positive for what customers owe, negative for what they are owed.
    private void AddInstalment(Models.StandInRecord invoice, decimal residual, DateOnly due)
    {
        var signed = invoice["move_type"] is "out_refund" ? -residual : residual;
        var line = Add(
            "account.move.line", ("move_id", invoice.Id), ("date", invoice["invoice_date"]), ("date_maturity", due), (Schema.AccountType(Version), Version < 16 ? "receivable" : "asset_receivable"),
            ("currency_id", invoice["currency_id"]), ("reconciled", residual == 0), ("amount_residual", signed), ("amount_residual_currency", signed), ("name", "installment"));
        SetBookingType(line, "payment_term");
    }

    /// <summary>Replaces the lines of an invoice; its tax is booked on a separate line.</summary>
    public void SetInvoiceLines(long invoice, params StandInLine[] lines)
    {
        lock (Gate)
        {
            SetLines("account.move", "account.move.line", "move_id", invoice, lines);
            var tax = Add("account.move.line", ("move_id", invoice), ("name", "VAT 15%"), (Schema.AccountType(Version), Version < 16 ? "other" : "liability_current"), ("reconciled", false));
            SetBookingType(tax, "tax");
        }
    }

    /// <summary>Replaces the lines of an order.</summary>
    public void SetOrderLines(long order, params StandInLine[] lines)
    {
        lock (Gate)
        {
            SetLines("sale.order", "sale.order.line", "order_id", order, lines);
        }
    }

    /// <summary>Stores the PDF of an invoice, as sending it does.</summary>
    public void StorePdf(long invoice, byte[] pdf) => ChangeRecord("account.move", invoice, ("invoice_pdf_report_file", pdf));

    private void SetLines(string model, string lineModel, string parent, long document, StandInLine[] lines)
    {
        var table = models[lineModel];
        foreach (var line in table.Records.Where(line => line[parent] is long id && id == document && line["date_maturity"] is null).ToList())
        {
            table.Remove(line.Id);
        }

        AddLines(lineModel, parent, document, lines);
        var (record, untaxed) = (Find(model, document), lines.Sum(line => line.Subtotal));
        (record["amount_untaxed"], record["amount_tax"]) = (untaxed, decimal.Round(untaxed * 0.15m, 2));
        record["amount_total"] = untaxed + (decimal)record["amount_tax"]!;
    }

    private void AddLines(string lineModel, string parent, long document, StandInLine[] lines)
    {
        foreach (var line in lines)
        {
            var isOfInvoice = lineModel == "account.move.line";
            var record = Add(
                lineModel, (parent, document), ("sequence", line.Sequence), ("name", line.Name), (isOfInvoice ? "quantity" : "product_uom_qty", line.Quantity), ("price_unit", line.UnitPrice),
                ("discount", line.Discount), ("price_subtotal", line.Subtotal), ("price_total", decimal.Round(line.Subtotal * 1.15m, 2)), ("display_type", line.DisplayType));
            if (Version >= 19)
            {
                (record["collapse_composition"], record["collapse_prices"]) = (line.HidesLines, line.HidesPrices);
            }

            if (isOfInvoice && line.DisplayType is null)
            {
                (record[Schema.AccountType(Version)], record["display_type"]) = (Version < 16 ? "other" : "income", Version < 16 ? null : "product");
            }
        }
    }

    // Marks lines that only belong to the booking: by a type from 16 on, by a flag before.
    private void SetBookingType(Models.StandInRecord line, string type)
    {
        if (Version < 16)
        {
            line["exclude_from_invoice_tab"] = true;
        }
        else
        {
            line["display_type"] = type;
        }
    }

    /// <summary>Adds an order, confirmed by default.</summary>
    public long AddOrder(long partner, decimal amount, string state = "sale", string currency = "USD", params (string Field, object? Value)[] values)
    {
        lock (Gate)
        {
            var record = Add(
                "sale.order", [("state", state), ("partner_id", partner), ("partner_invoice_id", partner), ("date_order", Now()), ("currency_id", Currency(currency)), ("amount_untaxed", amount),
                ("amount_tax", 0m), ("amount_total", amount), .. values]);
            record["name"] = $"S{record.Id:00000}";
            AddLines("sale.order.line", "order_id", record.Id, [new StandInLine("Fibre 50 Mbps", 1, amount)]);
            return record.Id;
        }
    }

    /// <summary>Adds a task in the project shared with customers, or in the internal one; its partner follows it by default.</summary>
    public long AddTask(long partner, string name, bool isVisible = true, bool isFollowed = true) => AddRecord(
        "project.task", ("name", name), ("partner_id", partner), ("project_id", isVisible ? 1L : 2L), ("stage_id", 1L), ("state", "01_in_progress"), ("priority", "0"),
        ("message_partner_ids", isFollowed ? new[] { partner } : []));

    /// <summary>Adds a message about a ticket, visible to customers unless it is internal. The body is HTML.</summary>
    public long AddMessage(string model, long ticket, string body, long? author = null, bool isInternal = false, bool isNote = false, string type = "comment") => AddRecord(
        "mail.message", ("model", model), ("res_id", ticket), ("message_type", type), ("subtype_id", isNote ? 2L : 1L), ("is_internal", isInternal), ("author_id", author),
        ("date", Now()), ("body", body));

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

        AddRecord("mail.message.subtype", ("name", "Discussions"), ("internal", false));
        AddRecord("mail.message.subtype", ("name", "Note"), ("internal", true));
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
