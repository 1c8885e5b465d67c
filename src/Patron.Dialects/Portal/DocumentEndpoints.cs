using System.Net.Mime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Dialects.OpenApi;
using Patron.Erp.Dashboards;
using Patron.Shared.Text;
using Patron.Web.Http;

namespace Patron.Dialects.Portal;

/// <summary>Source 4's envelope around one document.</summary>
public sealed record PortalDocumentAnswer(bool Success, ErpDocument Data);

/// <summary>A document of the dashboard and its PDF.</summary>
internal static class DocumentEndpoints
{
    public static void MapDocuments(this RouteGroupBuilder portal)
    {
        var documents = portal.MapGroup("/api/portal/documents/{kind}/{id}").RequireAuthorization(CallerAuthentication.People);
        documents.MapGet("/", FindAsync)
            .Describe(
                "get_document", "Get an invoice or order",
                "One of the caller's own invoices (kind invoices: credit notes and receipts, too) or orders (kind orders), by the id that the dashboard lists, with its lines. It is asked of the company's ERP each time. invoice or order is what the dashboard shows of it, and the other one is null; amounts of lines are without tax. portal_url is its page in the ERP's own portal, where Odoo:PortalUrl is set and the ERP has sent the document; that link needs no login. 404 for every other document, whether or not it exists.")
            .Answers<PortalDocumentAnswer>(200, "The document.", DocumentExamples.Invoice)
            .Fails(401, 403, 404, 503);
        documents.MapGet("/pdf/", OpenPdfAsync)
            .Describe(
                "get_document_pdf", "Download the PDF of an invoice",
                "The PDF as the company's ERP keeps it, where has_pdf of the document is true: that is once an invoice has been sent, from Odoo 17 on. 400 for one of more than 20 MB.")
            .AnswersFile(200, "The PDF, as an attachment that no cache keeps.", MediaTypeNames.Application.Pdf)
            .Fails(400, 401, 403, 404, 503);
    }

    private static async Task<IResult> FindAsync(
        string kind, string id, ReadDocument read, HttpContext http, CancellationToken cancellationToken) =>
        EnumNames<DocumentKind>.TryRead(kind, out var known)
            ? (await read.HandleAsync(
                http.Caller(), known, id, cancellationToken)).ToOk(document => new PortalDocumentAnswer(true, document))
            : Answers.Problem(ReadDocument.Missing);

    private static async Task<IResult> OpenPdfAsync(
        string kind, string id, ReadDocument read, HttpContext http, CancellationToken cancellationToken) =>
        EnumNames<DocumentKind>.TryRead(kind, out var known)
            ? (await read.OpenPdfAsync(
                http.Caller(), known, id, cancellationToken)).ToResult(
                    pdf => TypedResults.Stream(pdf.Content, MediaTypeNames.Application.Pdf, pdf.FileName))
            : Answers.Problem(ReadDocument.NoPdf);
}
