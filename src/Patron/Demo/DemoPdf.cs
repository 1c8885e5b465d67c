using System.Globalization;
using System.Text;
using Patron.Erp;
using Patron.Erp.Dashboards;

namespace Patron.Demo;

/// <summary>Writes a demo invoice as a PDF of one page, with a font that every reader has.</summary>
internal static class DemoPdf
{
    private const int Left = 60;
    private const int Right = 420;

    public static byte[] Write(ErpDocument document, ErpPartner partner)
    {
        var page = Encoding.Latin1.GetBytes(Page(document, document.Invoice!, partner));
        using var pdf = new MemoryStream();
        var offsets = new List<long>();
        Append(pdf, "%PDF-1.4\n"u8);
        string[] objects =
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
            $"<< /Length {page.Length} >>\nstream\n{Encoding.Latin1.GetString(page)}\nendstream",
        ];
        for (var number = 1; number <= objects.Length; number++)
        {
            offsets.Add(pdf.Position);
            Append(pdf, Encoding.Latin1.GetBytes($"{number} 0 obj\n{objects[number - 1]}\nendobj\n"));
        }

        var table = pdf.Position;
        var entries = string.Concat(offsets.Select(offset => $"{offset:D10} 00000 n \n"));
        Append(pdf, Encoding.Latin1.GetBytes(
            $"xref\n0 {objects.Length + 1}\n0000000000 65535 f \n{entries}trailer\n<< /Size {objects.Length + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n"));
        return pdf.ToArray();
    }

    private static string Page(ErpDocument document, ErpInvoice invoice, ErpPartner partner)
    {
        var page = new StringBuilder("BT\n");
        var y = 780;
        Print(Left, 20, "Demo Company");
        y -= 18;
        Print(Left, 9, "This is made-up data of Patron's demo. Nobody owes this.");
        y -= 48;
        Print(Left, 11, partner.Name);
        y -= 15;
        Print(Left, 11, $"{partner.Street}, {partner.PostalCode} {partner.City}");
        y -= 48;
        Print(Left, 16, $"{(invoice.Kind == InvoiceKind.CreditNote ? "Credit note" : "Invoice")} {invoice.Number}");
        y -= 20;
        Print(Left, 11, $"Date {invoice.Date:yyyy-MM-dd}, due {invoice.DueDate:yyyy-MM-dd}");
        y -= 36;
        foreach (var line in document.Lines)
        {
            Print(Left, 11, $"{line.Quantity} x {line.Description}");
            Print(Right, 11, Money(line.Amount!.Value));
            y -= 18;
        }

        y -= 12;
        foreach (var (label, amount) in new[]
        {
            ("Untaxed", document.Untaxed), ("Tax 19%", document.Tax), ("Total", invoice.Total), ("Amount due", invoice.Open),
        })
        {
            Print(Left, 11, label);
            Print(Right, 11, Money(amount));
            y -= 18;
        }

        return page.Append("ET").ToString();

        void Print(int x, int size, string text) =>
            page.Append(CultureInfo.InvariantCulture, $"/F1 {size} Tf 1 0 0 1 {x} {y} Tm ({Escape(text)}) Tj\n");

        string Money(decimal amount) => string.Create(CultureInfo.InvariantCulture, $"{amount:N2} {invoice.Currency}");
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("(", "\\(", StringComparison.Ordinal).Replace(")", "\\)", StringComparison.Ordinal);

    private static void Append(MemoryStream pdf, ReadOnlySpan<byte> bytes) => pdf.Write(bytes);
}
