using Patron.Erp.Dashboards;
using Patron.Odoo.Client;

namespace Patron.Odoo.Dashboard;

/// <summary>
/// Reads the lines of a document as its customer sees them, in Odoo's order. From 19 on a section may hide its lines or their prices from
/// customers; its own line then has the amount.
/// </summary>
internal sealed class DocumentLines(string quantityField)
{
    private const string Section = "line_section";
    private const string Subsection = "line_subsection";
    private const string Note = "line_note";

    // Before 16 a flag marks journal items that are not invoice lines, since then the display type does.
    private const string BookingOnlyField = "exclude_from_invoice_tab";
    private static readonly string[] InvoiceLineTypes = ["product", Section, Subsection, Note];

    private readonly List<ErpLine> lines = [];
    private SectionHeading? section;
    private SectionHeading? subsection;

    /// <summary>The lines of an invoice: those of <c>account.move.line</c> in the domain, without taxes and payment terms.</summary>
    public static async Task<IReadOnlyList<ErpLine>> OfInvoiceAsync(
        OdooClient client, Func<OdooDomain> lines, CancellationToken cancellationToken)
    {
        const string Model = "account.move.line";
        var availableFields = await client.FieldsOfAsync(Model, cancellationToken);
        return await ReadAsync(
            client, Model, "quantity", () =>
                availableFields.ContainsKey(BookingOnlyField)
                    ? lines().And(BookingOnlyField, "=", false)
                    : lines().AndIn("display_type", InvoiceLineTypes), cancellationToken);
    }

    /// <summary>The lines of an order: those of <c>sale.order.line</c> in the domain.</summary>
    public static Task<IReadOnlyList<ErpLine>> OfOrderAsync(
        OdooClient client, Func<OdooDomain> lines, CancellationToken cancellationToken) =>
        ReadAsync(client, "sale.order.line", "product_uom_qty", lines, cancellationToken);

    private static async Task<IReadOnlyList<ErpLine>> ReadAsync(
        OdooClient client, string model, string quantityField, Func<OdooDomain> domain, CancellationToken cancellationToken)
    {
        var rows = await DocumentList.ReadAllAsync(
            client, model, domain,
            [
                "sequence", "display_type", "name", quantityField, "price_unit", "discount", "price_subtotal", "collapse_composition",
                "collapse_prices"], cancellationToken);
        var document = new DocumentLines(quantityField);
        foreach (var row in rows.OrderBy(row => row.Number("sequence") ?? 0).ThenBy(row => row.Id))
        {
            document.Add(row);
        }

        return document.lines;
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

    private SectionHeading AddHeading(OdooRow row)
    {
        lines.Add(ErpLine.Text(LineKind.Section, row.Text("name") ?? ""));
        return new SectionHeading(lines.Count - 1, row.Flag("collapse_composition"), row.Flag("collapse_prices"));
    }

    private void AddItem(OdooRow row)
    {
        var (description, amount, discount) = (row.Text("name") ?? "", row.Money("price_subtotal"), row.Money("discount"));
        var hidingHeading = new[] { section, subsection }.FirstOrDefault(heading => heading is { HidesAnything: true });
        if (hidingHeading is not null)
        {
            lines[hidingHeading.Index] = lines[hidingHeading.Index] with { Amount = (lines[hidingHeading.Index].Amount ?? 0) + amount };
        }

        if (!HidesLines)
        {
            var isPriceShown = hidingHeading is null;
            lines.Add(new ErpLine(
                LineKind.Item, description, row.Money(quantityField), isPriceShown ? row.Money("price_unit") : null,
                isPriceShown && discount != 0 ? discount : null, isPriceShown ? amount : null));
        }
    }

    /// <summary>A section or subsection, by its index among the lines.</summary>
    private sealed record SectionHeading(int Index, bool HidesLines, bool HidesPrices)
    {
        public bool HidesAnything => HidesLines || HidesPrices;
    }
}
