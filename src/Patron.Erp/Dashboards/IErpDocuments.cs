using Patron.Shared.Results;

namespace Patron.Erp.Dashboards;

/// <summary>
/// The port for a customer's documents in the ERP, implemented by connectors whose ERP has documents. Every call has its own time limit and
/// returns only documents of the partner's company or, for a private person, of that person. Errors: 404 where the ERP has no such
/// documents (a module that is not installed), 403 where Patron's user in the ERP may not read them, 503 where it is unavailable.
/// </summary>
public interface IErpDocuments
{
    /// <summary>The key of the ERP, as <see cref="IErpConnector.Source"/>.</summary>
    string Source { get; }

    /// <summary>The maximum age of a cached answer.</summary>
    TimeSpan MaxAge { get; }

    Task<Result<ErpList<ErpService>>> ServicesAsync(string partnerId, CancellationToken cancellationToken);

    /// <summary>Posted invoices and credit notes.</summary>
    Task<Result<ErpList<ErpInvoice>>> InvoicesAsync(string partnerId, DocumentQuery query, CancellationToken cancellationToken);

    /// <summary>One entry for each currency with an overdue amount; the total counts documents.</summary>
    Task<Result<ErpList<ErpArrears>>> ArrearsAsync(string partnerId, CancellationToken cancellationToken);

    Task<Result<ErpList<ErpTicket>>> TicketsAsync(string partnerId, DocumentQuery query, CancellationToken cancellationToken);

    Task<Result<ErpList<ErpOrder>>> OrdersAsync(string partnerId, DocumentQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// One of the documents that <see cref="InvoicesAsync"/> or <see cref="OrdersAsync"/> count, with its lines. 404 for every other id,
    /// whether or not another customer has such a document.
    /// </summary>
    Task<Result<ErpDocument>> FindDocumentAsync(string partnerId, DocumentKind kind, string id, CancellationToken cancellationToken);

    /// <summary>One of the tickets that <see cref="TicketsAsync"/> counts. 404 for every other id.</summary>
    Task<Result<ErpTicketDetails>> FindTicketAsync(string partnerId, string id, CancellationToken cancellationToken);

    /// <summary>Whether Patron's user may open tickets; false where the ERP has none or is unavailable.</summary>
    Task<bool> MayOpenTicketsAsync(string partnerId, CancellationToken cancellationToken);

    /// <summary>Opens a ticket of this partner. It is not tried again, because the ERP might have opened it.</summary>
    Task<Result<Unit>> OpenTicketAsync(string partnerId, string subject, string text, CancellationToken cancellationToken);

    /// <summary>
    /// Adds a message in the name of this partner to one of the tickets that <see cref="TicketsAsync"/> counts. It is not tried again.
    /// </summary>
    Task<Result<Unit>> AnswerTicketAsync(string partnerId, string id, string text, CancellationToken cancellationToken);

    /// <summary>The PDF of such a document. 404 also where the ERP has none, 400 where it is too large.</summary>
    Task<Result<ErpPdf>> OpenPdfAsync(string partnerId, DocumentKind kind, string id, CancellationToken cancellationToken);
}
