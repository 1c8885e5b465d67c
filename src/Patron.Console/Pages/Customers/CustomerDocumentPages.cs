using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Erp.Dashboards;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Customers;

/// <summary>
/// A customer's documents in the ERP on a page of their own, and as figures that the script adds to the customer's page: neither makes that
/// page wait for the ERP.
/// </summary>
internal static class CustomerDocumentPages
{
    public static void MapCustomerDocuments(this RouteGroupBuilder pages)
    {
        pages.MapGet(CustomerRecordPages.Path + "/{id}/documents", ShowAsync<CustomerDocumentsPage>);
        pages.MapGet(CustomerRecordPages.Path + "/{id}/documents/figures", ShowAsync<DocumentFigures>);
    }

    public static string AddressOf(HttpContext http, string id) => $"{CustomerRecordPages.AddressOf(http, id)}/documents";

    private static async Task<IResult> ShowAsync<TPage>(
        string id, ReadCustomerDocuments read, HttpContext http, CancellationToken cancellationToken)
        where TPage : IPage<Dashboard> =>
        (await read.HandleAsync(http.Caller(), id, cancellationToken)).ToResult(PageResults.Page<TPage, Dashboard>);
}
