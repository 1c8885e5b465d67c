using Patron.Shared.Results;

namespace Patron.Customers.Dashboards;

/// <summary>
/// What Customers needs to show of a customer's documents: the port it owns, there only where an ERP is. Every question is answered within a time limit of its
/// own, and only with documents of the partner's company or, for a private person, of that person. Errors: 404 where the ERP has no such documents (a module
/// that is not installed), 403 where the robot lacks the right to read them, 503 when it is away.
/// </summary>
public interface IErpDocuments
{
    /// <summary>How old an answer may be before the ERP is asked again.</summary>
    TimeSpan MaxAge { get; }

    Task<Result<ErpList<ErpService>>> ServicesAsync(long partnerId, CancellationToken cancellation);

    /// <summary>Posted invoices and credit notes, the latest first.</summary>
    Task<Result<ErpList<ErpInvoice>>> InvoicesAsync(long partnerId, CancellationToken cancellation);

    /// <summary>One for each currency in which something is overdue; the total counts documents.</summary>
    Task<Result<ErpList<ErpArrears>>> ArrearsAsync(long partnerId, CancellationToken cancellation);

    Task<Result<ErpList<ErpTicket>>> TicketsAsync(long partnerId, CancellationToken cancellation);

    Task<Result<ErpList<ErpOrder>>> OrdersAsync(long partnerId, CancellationToken cancellation);
}
