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

    /// <summary>Posted invoices and credit notes, the latest first.</summary>
    Task<Result<ErpList<ErpInvoice>>> InvoicesAsync(string partnerId, CancellationToken cancellationToken);

    /// <summary>One entry for each currency with an overdue amount; the total counts documents.</summary>
    Task<Result<ErpList<ErpArrears>>> ArrearsAsync(string partnerId, CancellationToken cancellationToken);

    Task<Result<ErpList<ErpTicket>>> TicketsAsync(string partnerId, CancellationToken cancellationToken);

    Task<Result<ErpList<ErpOrder>>> OrdersAsync(string partnerId, CancellationToken cancellationToken);

    /// <summary>
    /// One of the documents that <see cref="InvoicesAsync"/> or <see cref="OrdersAsync"/> count, with its lines. 404 for every other id,
    /// whether or not another customer has such a document.
    /// </summary>
    Task<Result<ErpDocument>> FindDocumentAsync(string partnerId, DocumentKind kind, string id, CancellationToken cancellationToken);

    /// <summary>The PDF of such a document. 404 also where the ERP has none, 400 where it is too large.</summary>
    Task<Result<ErpPdf>> OpenPdfAsync(string partnerId, DocumentKind kind, string id, CancellationToken cancellationToken);
}
