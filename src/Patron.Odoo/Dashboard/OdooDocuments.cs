using System.Globalization;
using Microsoft.Extensions.Logging;
using Patron.Erp.Dashboards;
using Patron.Odoo.Client;
using Patron.Shared.Results;

namespace Patron.Odoo.Dashboard;

/// <summary>
/// A customer's documents in Odoo. One instance per request: the company of a partner is read once. A failure affects only its own section.
/// </summary>
public sealed partial class OdooDocuments(OdooClient client, OdooOptions options, TimeProvider time, ILogger<OdooDocuments> logger)
    : IErpDocuments
{
    private static readonly Error NotAvailable = Error.NotFound("document_not_found", "The company's ERP has no such documents.");
    private static readonly Error Denied = Error.Forbidden(
        "erp_forbidden", "Patron's user in the company's ERP isn't allowed to read these documents.");
    private static readonly Error Unavailable = new(
        ErrorKind.Unavailable, "erp_unavailable", "The company's ERP can't be reached right now.");

    // Downloading megabytes takes longer than a section.
    private const int PdfTimeoutFactor = 6;

    private readonly Lock gate = new();
    private Task<long?>? commercialPartner;

    public string Source => OdooConnector.SourceName;

    public TimeSpan MaxAge => options.DashboardAge;

    private InvoiceReader Invoices => new(client, Portal, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));

    private OdooPortal Portal => new(options);

    public Task<Result<ErpList<ErpService>>> ServicesAsync(string partnerId, CancellationToken cancellationToken) =>
        ReadAsync("services", partnerId, (partner, linked) => ServiceReader.ReadAsync(client, partner, linked), cancellationToken);

    public Task<Result<ErpList<ErpInvoice>>> InvoicesAsync(
        string partnerId, DocumentQuery query, CancellationToken cancellationToken) =>
        ReadAsync("billing", partnerId, (partner, linked) => Invoices.ReadAsync(partner, query, linked), cancellationToken);

    public Task<Result<ErpList<ErpArrears>>> ArrearsAsync(string partnerId, CancellationToken cancellationToken) =>
        ReadAsync("arrears", partnerId, Invoices.ReadArrearsAsync, cancellationToken);

    public Task<Result<ErpList<ErpTicket>>> TicketsAsync(
        string partnerId, DocumentQuery query, CancellationToken cancellationToken) =>
        ReadAsync("tickets", partnerId, (partner, linked) => TicketReader.ReadAsync(client, partner, query, linked), cancellationToken);

    public Task<Result<ErpList<ErpOrder>>> OrdersAsync(
        string partnerId, DocumentQuery query, CancellationToken cancellationToken) =>
        ReadAsync("orders", partnerId, (partner, linked) => OrderReader.ReadAsync(client, partner, query, linked), cancellationToken);

    public Task<Result<ErpDocument>> FindDocumentAsync(
        string partnerId, DocumentKind kind, string id, CancellationToken cancellationToken)
    {
        if (DocumentId(id) is not { } number)
        {
            return Task.FromResult<Result<ErpDocument>>(NotAvailable);
        }

        return QueryAsync<ErpDocument>(
            "document", options.SectionTimeout, partnerId,
            async (partner, linked) => await FindAsync(kind, partner, number, linked) is { } document ? document : NotAvailable,
            cancellationToken);
    }

    public Task<Result<ErpTicketDetails>> FindTicketAsync(string partnerId, string id, CancellationToken cancellationToken)
    {
        if (DocumentId(id) is not { } number)
        {
            return Task.FromResult<Result<ErpTicketDetails>>(NotAvailable);
        }

        return QueryAsync<ErpTicketDetails>(
            "ticket", options.SectionTimeout, partnerId,
            async (partner, linked) => await TicketReader.FindAsync(client, partner, number, linked) is { } ticket ? ticket : NotAvailable,
            cancellationToken);
    }

    public async Task<bool> MayOpenTicketsAsync(string partnerId, CancellationToken cancellationToken) =>
        (await QueryAsync<bool>(
            "right to open tickets", options.SectionTimeout, partnerId,
            async (_, linked) => await new TicketWriter(client).MayOpenAsync(linked), cancellationToken))
            is { Error: null, Value: true };

    public Task<Result<Unit>> OpenTicketAsync(string partnerId, string subject, string text, CancellationToken cancellationToken) =>
        QueryAsync<Unit>(
            "new ticket", options.SectionTimeout, partnerId,
            async (_, linked) =>
            {
                await new TicketWriter(client).OpenAsync(PartnerId(partnerId), subject, text, linked);
                return default(Unit);
            },
            cancellationToken);

    public Task<Result<Unit>> AnswerTicketAsync(string partnerId, string id, string text, CancellationToken cancellationToken)
    {
        if (DocumentId(id) is not { } number)
        {
            return Task.FromResult<Result<Unit>>(NotAvailable);
        }

        return QueryAsync<Unit>(
            "answer to a ticket", options.SectionTimeout, partnerId,
            async (partner, linked) => await TicketReader.AnswerAsync(client, partner, number, PartnerId(partnerId), text, linked)
                ? default(Unit)
                : NotAvailable,
            cancellationToken);
    }

    public Task<Result<ErpPdf>> OpenPdfAsync(string partnerId, DocumentKind kind, string id, CancellationToken cancellationToken) =>
        kind != DocumentKind.Invoices || DocumentId(id) is not { } number
        ? Task.FromResult<Result<ErpPdf>>(NotAvailable)
        : QueryAsync(
            "PDF", options.SectionTimeout * PdfTimeoutFactor, partnerId,
            (partner, linked) => Invoices.OpenPdfAsync(partner, number, linked), cancellationToken);

    private Task<ErpDocument?> FindAsync(DocumentKind kind, long partner, long id, CancellationToken cancellationToken) => kind switch
    {
        DocumentKind.Invoices => Invoices.FindAsync(partner, id, cancellationToken),
        DocumentKind.Orders => OrderReader.FindAsync(client, Portal, partner, id, cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    // Odoo's ids are 32-bit integers; a larger one would be a database error, although it is only an unknown document.
    private static long? DocumentId(string id) =>
        int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    private Task<Result<ErpList<T>>> ReadAsync<T>(
        string section, string partnerId, Func<long, CancellationToken, Task<ErpList<T>>> read, CancellationToken cancellationToken) =>
        QueryAsync<ErpList<T>>(
            section, options.SectionTimeout, partnerId, async (partner, linked) => await read(partner, linked), cancellationToken);

    private async Task<Result<T>> QueryAsync<T>(
        string section, TimeSpan timeout, string partnerId, Func<long, CancellationToken, Task<Result<T>>> query,
        CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // A deleted partner has no documents; the sync will handle the link.
            return await GetCommercialPartnerAsync(partnerId, cancellationToken).WaitAsync(linked.Token) is { } partner
                ? await query(partner, linked.Token)
                : NotAvailable;
        }
        catch (OdooException failure) when (failure.Kind == OdooFailure.NoSuchModel)
        {
            return NotAvailable;
        }
        catch (OdooException failure) when (failure.Kind is OdooFailure.Denied or OdooFailure.NoSuchField)
        {
            // 'patron doctor' reports what is missing. A missing field is handled like a missing right.
            return Denied;
        }
        catch (OdooException failure)
        {
            LogSectionFailed(section, failure.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LogSectionFailed(section, $"Odoo did not answer within {timeout.TotalSeconds:0.##} seconds.");
        }
        catch (Exception failure) when (failure is FormatException or InvalidOperationException or OverflowException)
        {
            // Invalid data, such as a record without an id, or half of a surrogate pair in a text.
            LogSectionFailed(section, $"What Odoo answered makes no sense ({failure.GetType().Name}).");
        }

        return Unavailable;
    }

    // All sections need it; the first one reads it.
    private Task<long?> GetCommercialPartnerAsync(string partnerId, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return commercialPartner ??= ReadCommercialPartnerAsync(partnerId, cancellationToken);
        }
    }

    private async Task<long?> ReadCommercialPartnerAsync(string partnerId, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.SectionTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var search = new OdooSearch(
            "res.partner", OdooDomain.All.And("id", "=", PartnerId(partnerId)),
            ["commercial_partner_id"]) { WithArchived = true };
        var rows = await client.SearchReadAsync(search, linked.Token);
        return rows.Count == 0 ? null : new OdooRow(rows[0]).RelatedId("commercial_partner_id");
    }

    private static long PartnerId(string partnerId) => long.Parse(partnerId, CultureInfo.InvariantCulture);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Dashboard section {Section} could not be read: {Reason}")]
    private partial void LogSectionFailed(string section, string reason);
}
