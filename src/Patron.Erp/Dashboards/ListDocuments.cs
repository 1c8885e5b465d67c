using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Erp.Dashboards;

/// <summary>
/// Lists the caller's own documents of one kind, always from the ERP and without holding a database connection. A caller without documents
/// on the dashboard has none here either. 404 without a record or where the ERP has no such documents, 403 without an account or where
/// Patron's user may not read them, 422 for an invalid query, 503 where the ERP is unavailable.
/// </summary>
public sealed class ListDocuments(FindOwnPartner own, IErpDocuments? erp = null)
{
    public const int PageSize = 20;

    /// <summary>The number of the last page that is read.</summary>
    public const int MaxPage = 10_000;

    /// <summary>In characters.</summary>
    public const int MaxSearchLength = 100;

    public static IReadOnlyList<DocumentFilter> InvoiceFilters { get; } =
        [DocumentFilter.All, DocumentFilter.Open, DocumentFilter.Overdue, DocumentFilter.Paid];

    public static IReadOnlyList<DocumentFilter> OrderFilters { get; } =
        [DocumentFilter.All, DocumentFilter.Quotations, DocumentFilter.Confirmed];

    public static IReadOnlyList<DocumentFilter> TicketFilters { get; } = [DocumentFilter.All, DocumentFilter.Open, DocumentFilter.Closed];

    public Task<Result<ErpList<ErpInvoice>>> InvoicesAsync(Caller caller, DocumentQuery query, CancellationToken cancellationToken) =>
        ListAsync(
            caller, query, InvoiceFilters, (documents, partner) => documents.InvoicesAsync(partner, query, cancellationToken),
            cancellationToken);

    public Task<Result<ErpList<ErpOrder>>> OrdersAsync(Caller caller, DocumentQuery query, CancellationToken cancellationToken) =>
        ListAsync(
            caller, query, OrderFilters, (documents, partner) => documents.OrdersAsync(partner, query, cancellationToken),
            cancellationToken);

    public Task<Result<ErpList<ErpTicket>>> TicketsAsync(Caller caller, DocumentQuery query, CancellationToken cancellationToken) =>
        ListAsync(
            caller, query, TicketFilters, (documents, partner) => documents.TicketsAsync(partner, query, cancellationToken),
            cancellationToken);

    private async Task<Result<ErpList<T>>> ListAsync<T>(
        Caller caller, DocumentQuery query, IReadOnlyList<DocumentFilter> filters,
        Func<IErpDocuments, string, Task<Result<ErpList<T>>>> list, CancellationToken cancellationToken)
    {
        if (Refusal(query, filters) is { } invalid)
        {
            return invalid;
        }

        if (!(await own.HandleAsync(caller, cancellationToken)).Succeeded(out var found, out var refused))
        {
            return refused;
        }

        return erp is not null && found.Partner is { } partner ? await list(erp, partner.Id) : new ErpList<T>(0, []);
    }

    private static Error? Refusal(DocumentQuery query, IReadOnlyList<DocumentFilter> filters)
    {
        var errors = new FieldErrors();
        if (query.Search is { Length: > MaxSearchLength })
        {
            errors.Add("search", $"Use at most {MaxSearchLength} characters.");
        }

        if (!filters.Contains(query.Filter))
        {
            errors.Add("state", "These documents have no such state.");
        }

        if (query.Page is < 1 or > MaxPage)
        {
            errors.Add("page", $"Use a page number from 1 to {MaxPage}.");
        }

        return errors.Any ? errors.ToError() : null;
    }
}
