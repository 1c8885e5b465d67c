using System.Globalization;
using Patron.Erp.Dashboards;
using Patron.Shared.Results;

namespace Patron.Demo;

/// <summary>The documents of demo partners. They are made up when they are asked for; only tickets can be written.</summary>
internal sealed class DemoDocuments(DemoTickets tickets, TimeProvider time) : IErpDocuments
{
    private static readonly Error Missing = Error.NotFound("document_not_found", "The demo ERP has no such document.");

    public string Source => DemoErp.SourceName;

    public TimeSpan MaxAge => TimeSpan.Zero;

    public Task<Result<ErpList<ErpService>>> ServicesAsync(string partnerId, CancellationToken cancellationToken)
    {
        var services = LedgerOf(partnerId).Services;
        return Answer(new ErpList<ErpService>(services.Count, services));
    }

    public Task<Result<ErpList<ErpInvoice>>> InvoicesAsync(string partnerId, DocumentQuery query, CancellationToken cancellationToken) =>
        Answer(Page(
            InvoicesOf(partnerId).Where(invoice => Matches(invoice, query.Filter) && IsFound(query, invoice.Number, invoice.Reference)), query));

    public Task<Result<ErpList<ErpArrears>>> ArrearsAsync(string partnerId, CancellationToken cancellationToken)
    {
        var overdue = InvoicesOf(partnerId).Where(invoice => invoice.IsOverdue).ToList();
        var arrears = overdue.GroupBy(invoice => invoice.Currency!, StringComparer.Ordinal)
            .Select(group => new ErpArrears(group.Key, group.Sum(invoice => invoice.Open), group.Count()));
        return Answer(new ErpList<ErpArrears>(overdue.Count, [.. arrears]));
    }

    public Task<Result<ErpList<ErpTicket>>> TicketsAsync(string partnerId, DocumentQuery query, CancellationToken cancellationToken) =>
        Answer(Page(
            tickets.Of(partnerId).Select(details => details.Ticket)
                .Where(ticket => Matches(ticket, query.Filter) && IsFound(query, ticket.Number, ticket.Title)), query));

    public Task<Result<ErpList<ErpOrder>>> OrdersAsync(string partnerId, DocumentQuery query, CancellationToken cancellationToken) =>
        Answer(Page(
            LedgerOf(partnerId).Orders.Select(document => document.Order!)
                .Where(order => Matches(order, query.Filter) && IsFound(query, order.Number, order.Reference)), query));

    public Task<Result<ErpDocument>> FindDocumentAsync(
        string partnerId, DocumentKind kind, string id, CancellationToken cancellationToken) => Answer(Find(partnerId, kind, id));

    public Task<Result<ErpTicketDetails>> FindTicketAsync(string partnerId, string id, CancellationToken cancellationToken) =>
        Answer(tickets.Of(partnerId).FirstOrDefault(ticket => IsId(ticket.Ticket.Id, id)));

    public Task<bool> MayOpenTicketsAsync(string partnerId, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task<Result<Unit>> OpenTicketAsync(string partnerId, string subject, string text, CancellationToken cancellationToken)
    {
        tickets.Open(partnerId, subject, text);
        return Task.FromResult<Result<Unit>>(default(Unit));
    }

    public Task<Result<Unit>> AnswerTicketAsync(string partnerId, string id, string text, CancellationToken cancellationToken) =>
        Task.FromResult<Result<Unit>>(
            long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && tickets.Answer(partnerId, number, text)
                ? default(Unit)
                : Missing);

    public Task<Result<ErpPdf>> OpenPdfAsync(string partnerId, DocumentKind kind, string id, CancellationToken cancellationToken) =>
        Answer(
            Find(partnerId, kind, id) is { Invoice: not null } document && DemoPartners.Find(partnerId) is { } partner
                ? new ErpPdf(new MemoryStream(DemoPdf.Write(document, partner)), document.Invoice.Number)
                : null);

    private ErpDocument? Find(string partnerId, DocumentKind kind, string id) => kind == DocumentKind.Invoices
        ? LedgerOf(partnerId).Invoices.FirstOrDefault(document => IsId(document.Invoice!.Id, id))
        : LedgerOf(partnerId).Orders.FirstOrDefault(document => IsId(document.Order!.Id, id));

    private DemoLedger LedgerOf(string partnerId) => new(partnerId, time.GetUtcNow());

    private IEnumerable<ErpInvoice> InvoicesOf(string partnerId) => LedgerOf(partnerId).Invoices.Select(document => document.Invoice!);

    private static bool Matches(ErpInvoice invoice, DocumentFilter filter) => filter switch
    {
        DocumentFilter.Open => invoice.Open > 0,
        DocumentFilter.Overdue => invoice.IsOverdue,
        DocumentFilter.Paid => invoice.State == InvoiceState.Paid,
        _ => true,
    };

    private static bool Matches(ErpOrder order, DocumentFilter filter) => filter switch
    {
        DocumentFilter.Quotations => order.State == OrderState.Sent,
        DocumentFilter.Confirmed => order.State == OrderState.Confirmed,
        _ => true,
    };

    private static bool Matches(ErpTicket ticket, DocumentFilter filter) => filter switch
    {
        DocumentFilter.Open => ticket.IsOpen == true,
        DocumentFilter.Closed => ticket.IsOpen == false,
        _ => true,
    };

    private static bool IsFound(DocumentQuery query, params string?[] texts) =>
        query.Search is not { } search || texts.Any(text => text?.Contains(search, StringComparison.OrdinalIgnoreCase) == true);

    private static bool IsId(long id, string text) => id.ToString(CultureInfo.InvariantCulture) == text;

    private static ErpList<T> Page<T>(IEnumerable<T> found, DocumentQuery query)
    {
        var all = found.ToList();
        return new ErpList<T>(all.Count, [.. all.Skip(query.Offset).Take(query.PageSize)]);
    }

    private static Task<Result<T>> Answer<T>(T? found)
        where T : class => Task.FromResult<Result<T>>(found is null ? Missing : found);
}
