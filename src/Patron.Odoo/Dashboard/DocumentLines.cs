using Patron.Erp.Dashboards;
using Patron.Odoo.Client;

namespace Patron.Odoo.Dashboard;

/// <summary>
/// The lines of a document as its customer sees them, in Odoo's order. From 19 on a section may hide from customers what stands below it, or its prices; its own
/// line has the amount then.
/// </summary>
internal sealed class DocumentLines(string quantityField)
{
    private const string Section = "line_section";
    private const string Subsection = "line_subsection";
    private const string Note = "line_note";

    // Before 16 an invoice's lines and those that only its booking has are told apart by a flag, since then by the type.
    private const string IsBookingOnly = "exclude_from_invoice_tab";
    private static readonly string[] OfInvoices = ["product", Section, Subsection, Note];

    private readonly List<ErpLine> lines = [];
    private Heading? section;
    private Heading? subsection;

    /// <summary>The lines of an invoice: those of <c>account.move.line</c> in the domain, without taxes and what is to be paid.</summary>
    public static async Task<IReadOnlyList<ErpLine>> OfInvoiceAsync(OdooClient client, Func<OdooDomain> lines, CancellationToken cancellationToken)
    {
        const string Model = "account.move.line";
        var known = await client.FieldsOfAsync(Model, cancellationToken);
        return await ReadAsync(
            client, Model, "quantity", () => known.ContainsKey(IsBookingOnly) ? lines().And(IsBookingOnly, "=", false) : lines().AndIn("display_type", OfInvoices), cancellationToken);
    }

    /// <summary>The lines of an order: those of <c>sale.order.line</c> in the domain.</summary>
    public static Task<IReadOnlyList<ErpLine>> OfOrderAsync(OdooClient client, Func<OdooDomain> lines, CancellationToken cancellationToken) =>
        ReadAsync(client, "sale.order.line", "product_uom_qty", lines, cancellationToken);

    private static async Task<IReadOnlyList<ErpLine>> ReadAsync(OdooClient client, string model, string quantityField, Func<OdooDomain> domain, CancellationToken cancellationToken)
    {
        var rows = await DocumentList.ReadAllAsync(
            client, model, domain, ["sequence", "display_type", "name", quantityField, "price_unit", "discount", "price_subtotal", "collapse_composition", "collapse_prices"], cancellationToken);
        var read = new DocumentLines(quantityField);
        foreach (var row in rows.OrderBy(row => row.Number("sequence") ?? 0).ThenBy(row => row.Id))
        {
            read.Add(row);
        }

        return read.lines;
    }

    private void Add(OdooRow row)
    {
        var type = row.Text("display_type");
        if (type == Section)
        {
            (section, subsection) = (AddHeading(row), null);
        }
        else if (type == Subsection)
        {
            subsection = section is { HidesLines: true } ? null : AddHeading(row);
        }
        else if (type != Note)
        {
            AddItem(row);
        }
        else if (!HidesLines)
        {
            lines.Add(ErpLine.Text(LineKind.Note, row.Text("name") ?? ""));
        }
    }

    private bool HidesLines => section is { HidesLines: true } || subsection is { HidesLines: true };

    private Heading AddHeading(OdooRow row)
    {
        lines.Add(ErpLine.Text(LineKind.Section, row.Text("name") ?? ""));
        return new Heading(lines.Count - 1, row.Flag("collapse_composition"), row.Flag("collapse_prices"));
    }

    private void AddItem(OdooRow row)
    {
        var (description, amount, discount) = (row.Text("name") ?? "", row.Money("price_subtotal"), row.Money("discount"));
        var hiding = section is { HidesAnything: true } ? section : subsection is { HidesAnything: true } ? subsection : null;
        if (hiding is not null)
        {
            lines[hiding.Index] = lines[hiding.Index] with { Amount = (lines[hiding.Index].Amount ?? 0) + amount };
        }

        if (!HidesLines)
        {
            var isPriceShown = hiding is null;
            lines.Add(new ErpLine(
                LineKind.Item, description, row.Money(quantityField), isPriceShown ? row.Money("price_unit") : null, isPriceShown && discount != 0 ? discount : null, isPriceShown ? amount : null));
        }
    }

    /// <summary>A section or a part of one, by its place among the lines.</summary>
    private sealed record Heading(int Index, bool HidesLines, bool HidesPrices)
    {
        public bool HidesAnything => HidesLines || HidesPrices;
    }
}
