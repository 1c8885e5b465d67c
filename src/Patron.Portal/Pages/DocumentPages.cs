using System.Net.Mime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Erp.Dashboards;
using Patron.Shared.Results;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.Portal.Pages;

/// <summary>Maps the pages of single invoices and orders, and the PDFs. A document that is not the caller's own is 404.</summary>
internal static class DocumentPages
{
    private static readonly Error ErpUnavailable = new(
        ErrorKind.Unavailable, "erp_unavailable", "Your documents are temporarily unavailable.");

    public static void MapDocuments(this RouteGroupBuilder pages)
    {
        pages.MapDocument("/invoices", DocumentKind.Invoices);
        pages.MapDocument("/orders", DocumentKind.Orders);
    }

    /// <summary>For a missing right of Patron's user in the ERP, which the reader can do nothing about.</summary>
    public static Error AsUnavailable(this Error error) => error.Kind == ErrorKind.Forbidden ? ErpUnavailable : error;

    private static void MapDocument(this RouteGroupBuilder pages, string path, DocumentKind kind)
    {
        pages.MapGet(path + "/{id}", async (string id, ReadDocument read, HttpContext http, CancellationToken cancellationToken) =>
            Show(await read.HandleAsync(http.Caller(), kind, id, cancellationToken), PageResults.Page<DocumentPage, ErpDocument>));
        pages.MapGet(path + "/{id}/pdf", async (string id, ReadDocument read, HttpContext http, CancellationToken cancellationToken) =>
        {
            http.Response.Headers.CacheControl = "private, no-store";
            return Show(
                await read.OpenPdfAsync(http.Caller(), kind, id, cancellationToken),
                pdf => TypedResults.Stream(pdf.Content, MediaTypeNames.Application.Pdf, pdf.FileName));
        });
    }

    private static IResult Show<T>(Result<T> result, Func<T, IResult> show) =>
        result.Succeeded(out var value, out var error) ? show(value) : Answers.Problem(error.AsUnavailable());
}
