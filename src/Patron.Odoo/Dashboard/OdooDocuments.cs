using System.Globalization;
using Microsoft.Extensions.Logging;
using Patron.Erp.Dashboards;
using Patron.Odoo.Client;
using Patron.Shared.Results;

namespace Patron.Odoo.Dashboard;

/// <summary>
/// A customer's documents as Odoo has them. One for each request: the company that a partner belongs to is asked once. Whatever goes wrong in one part
/// is that part's alone.
/// </summary>
public sealed partial class OdooDocuments(OdooClient client, OdooOptions options, TimeProvider time, ILogger<OdooDocuments> logger) : IErpDocuments
{
    private static readonly Error NotAvailable = Error.NotFound("The company's ERP keeps no such documents.");
    private static readonly Error Denied = Error.Forbidden("The user that reads from the company's ERP may not read such documents.");
    private static readonly Error Away = new(ErrorKind.Unavailable, "The company's ERP cannot be reached at this moment.");

    // Megabytes take longer than a section.
    private const int PdfPatience = 6;

    private readonly Lock gate = new();
    private Task<long?>? commercialPartner;

    public string Source => OdooConnector.SourceName;

    public TimeSpan MaxAge => options.DashboardAge;

    private InvoiceReader Invoices => new(client, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));

    public Task<Result<ErpList<ErpService>>> ServicesAsync(string partnerId, CancellationToken cancellationToken) =>
        ReadAsync("services", partnerId, (partner, either) => ServiceReader.ReadAsync(client, partner, either), cancellationToken);

    public Task<Result<ErpList<ErpInvoice>>> InvoicesAsync(string partnerId, CancellationToken cancellationToken) => ReadAsync("billing", partnerId, Invoices.ReadAsync, cancellationToken);

    public Task<Result<ErpList<ErpArrears>>> ArrearsAsync(string partnerId, CancellationToken cancellationToken) => ReadAsync("arrears", partnerId, Invoices.ReadArrearsAsync, cancellationToken);

    public Task<Result<ErpList<ErpTicket>>> TicketsAsync(string partnerId, CancellationToken cancellationToken) =>
        ReadAsync("tickets", partnerId, (partner, either) => TicketReader.ReadAsync(client, partner, either), cancellationToken);

    public Task<Result<ErpList<ErpOrder>>> OrdersAsync(string partnerId, CancellationToken cancellationToken) =>
        ReadAsync("orders", partnerId, (partner, either) => OrderReader.ReadAsync(client, partner, either), cancellationToken);

    public Task<Result<ErpDocument>> FindDocumentAsync(string partnerId, DocumentKind kind, string id, CancellationToken cancellationToken) => DocumentId(id) is not { } number
        ? Task.FromResult<Result<ErpDocument>>(NotAvailable)
        : AskAsync<ErpDocument>("document", options.SectionTimeout, partnerId, async (partner, either) => await FindAsync(kind, partner, number, either) is { } document ? document : NotAvailable, cancellationToken);

    public Task<Result<ErpPdf>> OpenPdfAsync(string partnerId, DocumentKind kind, string id, CancellationToken cancellationToken) => kind != DocumentKind.Invoices || DocumentId(id) is not { } number
        ? Task.FromResult<Result<ErpPdf>>(NotAvailable)
        : AskAsync("PDF", options.SectionTimeout * PdfPatience, partnerId, (partner, either) => Invoices.OpenPdfAsync(partner, number, either), cancellationToken);

    private Task<ErpDocument?> FindAsync(DocumentKind kind, long partner, long id, CancellationToken cancellationToken) => kind switch
    {
        DocumentKind.Invoices => Invoices.FindAsync(partner, id, cancellationToken),
        DocumentKind.Orders => OrderReader.FindAsync(client, partner, id, cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    // Odoo's ids are integers of four bytes; a larger one is an error of its database, where it is only a document that nobody has.
    private static long? DocumentId(string id) => int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    private Task<Result<ErpList<T>>> ReadAsync<T>(string section, string partnerId, Func<long, CancellationToken, Task<ErpList<T>>> read, CancellationToken cancellationToken) =>
        AskAsync<ErpList<T>>(section, options.SectionTimeout, partnerId, async (partner, either) => await read(partner, either), cancellationToken);

    private async Task<Result<T>> AskAsync<T>(string section, TimeSpan timeout, string partnerId, Func<long, CancellationToken, Task<Result<T>>> ask, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // A partner that is gone has no documents; the sync will say so of the link.
            return await CommercialPartnerAsync(partnerId, cancellationToken).WaitAsync(either.Token) is { } partner ? await ask(partner, either.Token) : NotAvailable;
        }
        catch (OdooException failure) when (failure.Kind == OdooFailure.NoSuchModel)
        {
            return NotAvailable;
        }
        catch (OdooException failure) when (failure.Kind is OdooFailure.Denied or OdooFailure.NoSuchField)
        {
            // 'patron doctor' says what is missing. A field that is not there is as one that may not be read.
            return Denied;
        }
        catch (OdooException failure)
        {
            SectionFailed(section, failure.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            SectionFailed(section, $"Odoo did not answer within {timeout.TotalSeconds:0.##} seconds.");
        }
        catch (Exception failure) when (failure is FormatException or InvalidOperationException or OverflowException)
        {
            // A record without id, half of a surrogate pair in a text: what Odoo should not say.
            SectionFailed(section, $"What Odoo answered makes no sense ({failure.GetType().Name}).");
        }

        return Away;
    }

    // All parts need it; the first that comes asks.
    private Task<long?> CommercialPartnerAsync(string partnerId, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return commercialPartner ??= AskCommercialPartnerAsync(partnerId, cancellationToken);
        }
    }

    private async Task<long?> AskCommercialPartnerAsync(string partnerId, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.SectionTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var search = new OdooSearch("res.partner", OdooDomain.All.And("id", "=", long.Parse(partnerId, CultureInfo.InvariantCulture)), ["commercial_partner_id"]) { WithArchived = true };
        var rows = await client.SearchReadAsync(search, either.Token);
        return rows.Count == 0 ? null : new OdooRow(rows[0]).RelatedId("commercial_partner_id");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A customer's {Section} could not be read: {Reason}")]
    private partial void SectionFailed(string section, string reason);
}
