using System.Text;

namespace Patron.Erp.Dashboards;

/// <summary>The kinds of documents that can be opened one by one.</summary>
public enum DocumentKind
{
    /// <summary>Invoices, receipts and credit notes.</summary>
    Invoices,

    /// <summary>Quotations and orders.</summary>
    Orders,
}

/// <summary>
/// One document: its list entry, as an invoice or as an order (the other is null), its amounts without tax and its lines. <paramref
/// name="HasPdf"/> tells whether the ERP has a PDF of it; <paramref name="PortalUrl"/> is its page in the ERP's own portal, null where there is
/// none.
/// </summary>
public sealed record ErpDocument(
    ErpInvoice? Invoice, ErpOrder? Order, decimal Untaxed, decimal Tax, IReadOnlyList<ErpLine> Lines, bool HasPdf,
    string? PortalUrl);

public enum LineKind
{
    Item,

    /// <summary>A heading of the lines below it.</summary>
    Section,
    Note,
}

/// <summary>
/// A line of a document. Headings and notes have only text; where the ERP hides the lines below a heading, or their prices, from customers,
/// the heading has the amount. Discounts are in percent and null where there is none; amounts are without tax.
/// </summary>
public sealed record ErpLine(LineKind Kind, string Description, decimal? Quantity, decimal? UnitPrice, decimal? Discount, decimal? Amount)
{
    public static ErpLine Text(LineKind kind, string text) => new(kind, text, null, null, null, null);
}

/// <summary>A PDF from the ERP. The caller disposes its stream.</summary>
public sealed record ErpPdf(Stream Content, string DocumentNumber)
{
    private const int MaxNameLength = 100;

    /// <summary>In bytes.</summary>
    public long Length => Content.Length;

    /// <summary>The document's number as a valid file name on every system, such as <c>INV-2026-00013.pdf</c>.</summary>
    public string FileName
    {
        get
        {
            var name = new StringBuilder();
            foreach (var rune in DocumentNumber.EnumerateRunes().Take(MaxNameLength))
            {
                name.Append(Rune.IsLetterOrDigit(rune) || rune.Value is '_' or '.' ? rune.ToString() : "-");
            }

            return name.ToString().Trim('-', '.') is { Length: > 0 } stem ? $"{stem}.pdf" : "document.pdf";
        }
    }
}
