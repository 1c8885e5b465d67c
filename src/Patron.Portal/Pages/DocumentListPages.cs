using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Erp.Dashboards;
using Patron.Shared.Results;
using Patron.Shared.Text;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.Portal.Pages;

/// <summary>A page of a list of documents; without list where the ERP does not answer.</summary>
public sealed record DocumentListModel<T>(DocumentQuery Query, ErpList<T>? List);

/// <summary>Maps the lists of invoices, orders and tickets. A kind that the ERP does not have is 404.</summary>
internal static class DocumentListPages
{
    public static void MapDocumentLists(this RouteGroupBuilder pages)
    {
        pages.MapGet("/invoices", async (ListDocuments list, HttpContext http, CancellationToken cancellationToken) =>
        {
            var query = ListAddress.Read(http.Request.Query, ListDocuments.InvoiceFilters);
            return Show<InvoiceListPage, ErpInvoice>(query, await list.InvoicesAsync(http.Caller(), query, cancellationToken));
        });
        pages.MapGet("/orders", async (ListDocuments list, HttpContext http, CancellationToken cancellationToken) =>
        {
            var query = ListAddress.Read(http.Request.Query, ListDocuments.OrderFilters);
            return Show<OrderListPage, ErpOrder>(query, await list.OrdersAsync(http.Caller(), query, cancellationToken));
        });
        pages.MapGet("/tickets", async (ListDocuments list, HttpContext http, CancellationToken cancellationToken) =>
        {
            var query = ListAddress.Read(http.Request.Query, ListDocuments.TicketFilters);
            return Show<TicketListPage, ErpTicket>(query, await list.TicketsAsync(http.Caller(), query, cancellationToken));
        });
    }

    // A missing right of Patron's user in the ERP is nothing that the reader can do something about.
    private static IResult Show<TPage, T>(DocumentQuery query, Result<ErpList<T>> result)
        where TPage : PageBase<DocumentListModel<T>> => result switch
        {
            { Error: null } => PageResults.Page<TPage, DocumentListModel<T>>(new(query, result.Value)),
            { Error: { Kind: ErrorKind.Unavailable or ErrorKind.Forbidden } away } =>
                PageResults.Refused<TPage, DocumentListModel<T>>(new(query, null), away.AsUnavailable()),
            { Error: { } error } => Answers.Problem(error),
        };
}

/// <summary>
/// The address of a list with its search, filter and page. People change addresses, so what is not understood is ignored.
/// </summary>
internal static class ListAddress
{
    public static DocumentQuery Read(IQueryCollection query, IReadOnlyList<DocumentFilter> filters) => new(
        Search(query["search"]),
        EnumNames<DocumentFilter>.TryRead(query["state"].ToString(), out var filter) && filters.Contains(filter)
            ? filter
            : DocumentFilter.All,
        int.TryParse(query["page"], NumberStyles.None, CultureInfo.InvariantCulture, out var page)
            && page is >= 1 and <= ListDocuments.MaxPage
            ? page
            : 1,
        ListDocuments.PageSize);

    public static string Of(string path, DocumentQuery query)
    {
        var parts = new QueryString();
        if (query.Search is { } search)
        {
            parts = parts.Add("search", search);
        }

        if (query.Filter != DocumentFilter.All)
        {
            parts = parts.Add("state", EnumNames<DocumentFilter>.Of(query.Filter));
        }

        if (query.Page > 1)
        {
            parts = parts.Add("page", query.Page.ToString(CultureInfo.InvariantCulture));
        }

        return path + parts.ToUriComponent();
    }

    private static string? Search(string? text) => InputText.Repair(text ?? "") is { } words
        ? InputText.Clean(words[..int.Min(words.Length, ListDocuments.MaxSearchLength)])
        : null;
}
