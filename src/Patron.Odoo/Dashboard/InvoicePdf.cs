using System.Globalization;
using Patron.Erp.Dashboards;
using Patron.Odoo.Client;
using Patron.Shared.Results;

namespace Patron.Odoo.Dashboard;

/// <summary>
/// The PDF that Odoo keeps of an invoice once it was sent or printed, in a field of the invoice from 17 on. It is read through the invoice and never by a search
/// for attachments, which would find what employees have uploaded for themselves. A link of Odoo's portal is no way either: it opens without a login, for ever.
/// </summary>
internal static class InvoicePdf
{
    public const string Field = "invoice_pdf_report_file";

    /// <summary>In bytes. It is held in memory whole, and in base64 before.</summary>
    public const int MaxLength = 20 * 1024 * 1024;

    private static readonly Error None = Error.NotFound("The company's ERP keeps no PDF of such a document.");
    private static readonly Error TooLarge = Error.Rule($"This PDF is larger than {MaxLength / 1024 / 1024} MB and cannot be downloaded here. Please ask us to send it to you.");

    /// <summary>The PDF of the one invoice that the domain leaves. How large it is is asked first.</summary>
    public static async Task<Result<ErpPdf>> OpenAsync(OdooClient client, string model, Func<OdooDomain> invoice, CancellationToken cancellationToken)
    {
        var search = new OdooSearch(model, invoice(), ["name", Field]);
        if (await client.SearchReadAsync(search with { FilesAsSizes = true }, cancellationToken) is not [var kept] || new OdooRow(kept).IsEmpty(Field))
        {
            return None;
        }

        if (IsTooLarge(new OdooRow(kept).Text(Field)))
        {
            return TooLarge;
        }

        if (await client.SearchReadAsync(search, cancellationToken) is not [var found] || new OdooRow(found).Bytes(Field) is not { Length: > 0 } bytes)
        {
            return None;
        }

        return bytes.Length > MaxLength ? TooLarge : new ErpPdf(new MemoryStream(bytes, writable: false), new OdooRow(found).NumberOrId("name"));
    }

    // '12.35 Kb', '3.00 Mb': rounded, so what is about as large as the limit is left to a second look. Words that say nothing are, too.
    internal static bool IsTooLarge(string? size) =>
        size?.Split(' ') is [var number, var unit] && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
        && amount * Factor(unit) > MaxLength * 1.01;

    private static double Factor(string unit) => unit.ToUpperInvariant() switch
    {
        "KB" => 1024,
        "MB" => 1024 * 1024,
        "GB" or "TB" => 1024 * 1024 * 1024,
        _ => 1,
    };
}
