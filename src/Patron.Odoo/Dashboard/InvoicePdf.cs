using System.Globalization;
using Patron.Erp.Dashboards;
using Patron.Odoo.Client;
using Patron.Shared.Results;

namespace Patron.Odoo.Dashboard;

/// <summary>
/// Reads the PDF that Odoo stores with an invoice when it is sent or printed, in a field of the invoice from 17 on. It is read through the
/// invoice and not by a search for attachments, which would also find files that employees uploaded. Odoo's portal links are not used
/// either: they open without a login and never expire.
/// </summary>
internal static class InvoicePdf
{
    public const string Field = "invoice_pdf_report_file";

    /// <summary>In bytes. The whole file is held in memory, and as base64 before.</summary>
    public const int MaxLength = 20 * 1024 * 1024;

    private static readonly Error None = Error.NotFound("document_not_found", "The company's ERP has no PDF of this document.");
    private static readonly Error TooLarge = Error.Rule(
        "file_too_large", $"This PDF is larger than {MaxLength / 1024 / 1024} MB and can't be downloaded here. Ask us to send it to you.");

    /// <summary>The PDF of the only invoice in the domain. Its size is checked first.</summary>
    public static async Task<Result<ErpPdf>> OpenAsync(
        OdooClient client, string model, Func<OdooDomain> invoice, CancellationToken cancellationToken)
    {
        var search = new OdooSearch(model, invoice(), ["name", Field]);
        if (await client.SearchReadAsync(search with { ReturnFileSizes = true }, cancellationToken) is not [var sized]
            || new OdooRow(sized).IsEmpty(Field))
        {
            return None;
        }

        if (IsTooLarge(new OdooRow(sized).Text(Field)))
        {
            return TooLarge;
        }

        if (await client.SearchReadAsync(search, cancellationToken) is not [var found]
            || new OdooRow(found).Bytes(Field) is not { Length: > 0 } bytes)
        {
            return None;
        }

        return bytes.Length > MaxLength
            ? TooLarge
            : new ErpPdf(new MemoryStream(bytes, writable: false), new OdooRow(found).NumberOrId("name"));
    }

    // '12.35 Kb', '3.00 Mb': rounded, so a size close to the limit is checked again after reading. So is an unknown format.
    internal static bool IsTooLarge(string? size) =>
        size?.Split(' ') is [var number, var unit]
            && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
        && amount * Factor(unit) > MaxLength * 1.01;

    private static double Factor(string unit) => unit.ToUpperInvariant() switch
    {
        "KB" => 1024,
        "MB" => 1024 * 1024,
        "GB" or "TB" => 1024 * 1024 * 1024,
        _ => 1,
    };
}
