using Patron.Shared.Results;

namespace Patron.Erp.Dashboards;

/// <summary>
/// What Patron shows of a customer's documents in the ERP: a port that a connector implements where its ERP has documents. Every question is answered within a time limit of its
/// own, and only with documents of the partner's company or, for a private person, of that person. Errors: 404 where the ERP has no such documents (a module
/// that is not installed), 403 where the robot lacks the right to read them, 503 when it is away.
/// </summary>
public interface IErpDocuments
{
    /// <summary>The ERP in keys, as <see cref="IErpConnector.Source"/>.</summary>
    string Source { get; }

    /// <summary>How old an answer may be before the ERP is asked again.</summary>
    TimeSpan MaxAge { get; }

    Task<Result<ErpList<ErpService>>> ServicesAsync(string partnerId, CancellationToken cancellationToken);

    /// <summary>Posted invoices and credit notes, the latest first.</summary>
    Task<Result<ErpList<ErpInvoice>>> InvoicesAsync(string partnerId, CancellationToken cancellationToken);

    /// <summary>One for each currency in which something is overdue; the total counts documents.</summary>
    Task<Result<ErpList<ErpArrears>>> ArrearsAsync(string partnerId, CancellationToken cancellationToken);

    Task<Result<ErpList<ErpTicket>>> TicketsAsync(string partnerId, CancellationToken cancellationToken);

    Task<Result<ErpList<ErpOrder>>> OrdersAsync(string partnerId, CancellationToken cancellationToken);

    /// <summary>
    /// One of those that <see cref="InvoicesAsync"/> or <see cref="OrdersAsync"/> counts, with its lines. 404 for every other id, whether or not somebody
    /// else has such a document.
    /// </summary>
    Task<Result<ErpDocument>> FindDocumentAsync(string partnerId, DocumentKind kind, string id, CancellationToken cancellationToken);

    /// <summary>The PDF that the ERP keeps of such a document. 404 also where it keeps none, 400 where it is too large to hand on.</summary>
    Task<Result<ErpPdf>> OpenPdfAsync(string partnerId, DocumentKind kind, string id, CancellationToken cancellationToken);
}
