using Patron.OdooStandIn.Models;

namespace Patron.OdooStandIn.Company;

/// <summary>The models of a Community Odoo with sales, invoicing and projects, and those of Enterprise that can be installed.</summary>
internal static class Schema
{
    private const string Common = "id:integer display_name:char- create_date:datetime write_date:datetime";

    public const string Subscriptions =
        "is_subscription:boolean subscription_state:selection next_invoice_date:date recurring_monthly:monetary plan_id:many2one:sale.subscription.plan start_date:date end_date:date";

    public static IEnumerable<StandInModel> Community(int version) =>
    [
        new("res.partner", "Contact", "complete_name, id desc", StandInField.OfPartner(version)),
        Model("res.company", "Companies", "id", "name:char partner_id:many2one:res.partner currency_id:many2one:res.currency"),
        Model("res.users", "User", "name, login", "name:char login:char partner_id:many2one:res.partner active:boolean share:boolean"),
        Model("res.country", "Country", "name", "name:char code:char phone_code:integer"),
        Model("res.country.state", "Country state", "name", "name:char code:char country_id:many2one:res.country"),
        Model("res.currency", "Currency", "name", "name:char symbol:char active:boolean"),
        Model(
            "account.move", "Journal Entry", "invoice_date desc, name desc, id desc",
            "name:char move_type:selection state:selection partner_id:many2one:res.partner commercial_partner_id:many2one:res.partner ref:char invoice_date:date invoice_date_due:date "
            + "currency_id:many2one:res.currency amount_untaxed:monetary amount_tax:monetary amount_total:monetary amount_residual:monetary amount_total_signed:monetary "
            + "amount_residual_signed:monetary payment_state:selection invoice_origin:char invoice_line_ids:one2many:account.move.line access_url:char- access_token:char" + PdfField(version)),
        Model(
            "account.move.line", "Journal Item", "date desc, id desc",
            $"move_id:many2one:account.move date:date date_maturity:date {AccountType(version)}:selection- currency_id:many2one:res.currency reconciled:boolean "
            + $"amount_residual:monetary amount_residual_currency:monetary {Lines(version)} quantity:float{(version < 16 ? " exclude_from_invoice_tab:boolean" : "")}"),
        Model(
            "sale.order", "Sales Order", "date_order desc, id desc",
            "name:char state:selection partner_id:many2one:res.partner partner_invoice_id:many2one:res.partner date_order:datetime client_order_ref:char currency_id:many2one:res.currency "
            + "amount_untaxed:monetary amount_tax:monetary amount_total:monetary invoice_status:selection order_line:one2many:sale.order.line access_url:char- access_token:char"),
        Model("sale.order.line", "Sales Order Line", "order_id, sequence, id", $"order_id:many2one:sale.order {Lines(version)} product_uom_qty:float qty_delivered:float qty_invoiced:float"),
        Model("product.product", "Product Variant", "name, id", "name:char"),
        Model("project.project", "Project", "name, id", "name:char privacy_visibility:selection partner_id:many2one:res.partner active:boolean"),
        Model("project.task.type", "Task Stage", "name, id", "name:char fold:boolean"),
        Model(
            "project.task", "Task", "id desc",
            "name:char project_id:many2one:project.project partner_id:many2one:res.partner stage_id:many2one:project.task.type state:selection priority:selection active:boolean date_deadline:datetime "
            + "message_partner_ids:many2many:res.partner description:html"),
        Model("mail.message.subtype", "Message subtypes", "id", "name:char internal:boolean"),
        Model(
            "mail.message", "Message", "id desc",
            "model:char res_id:integer message_type:selection subtype_id:many2one:mail.message.subtype is_internal:boolean author_id:many2one:res.partner date:datetime body:html"),
        Model("ir.config_parameter", "System Parameter", "key", "key:char value:text"),
    ];

    public static IEnumerable<StandInModel> Helpdesk() =>
    [
        Model("helpdesk.stage", "Helpdesk Stage", "name, id", "name:char fold:boolean"),
        Model(
            "helpdesk.ticket", "Helpdesk Ticket", "id desc",
            "name:char ticket_ref:char partner_id:many2one:res.partner stage_id:many2one:helpdesk.stage priority:selection active:boolean close_date:datetime description:html"),
    ];

    /// <summary>Before 16 subscriptions are separate records.</summary>
    public static IEnumerable<StandInModel> OldSubscriptions() =>
    [
        Model("sale.subscription.stage", "Subscription Stage", "name, id", "name:char category:selection"),
        Model(
            "sale.subscription", "Subscription", "id desc",
            "name:char code:char partner_id:many2one:res.partner stage_id:many2one:sale.subscription.stage date_start:date recurring_next_date:date recurring_total:monetary "
            + "currency_id:many2one:res.currency active:boolean"),
    ];

    public static StandInModel Plans() => Model("sale.subscription.plan", "Subscription Plan", "name, id", "name:char");

    /// <summary>The field that marks a receivable line, with the value <c>asset_receivable</c>, or <c>receivable</c> before 16.</summary>
    public static string AccountType(int version) => version < 16 ? "account_internal_type" : "account_type";

    /// <summary>The field with the PDF of a sent invoice.</summary>
    private static string PdfField(int version) => version < 17 ? "" : " invoice_pdf_report_file:binary";

    // The fields of lines of invoices and orders.
    private static string Lines(int version) =>
        "sequence:integer display_type:selection name:text product_id:many2one:product.product price_unit:float discount:float price_subtotal:monetary price_total:monetary"
        + (version < 19 ? "" : " collapse_composition:boolean collapse_prices:boolean");

    private static StandInModel Model(string name, string title, string order, string fields) => new(name, title, order, StandInField.Parse($"{Common} {fields}"));
}
