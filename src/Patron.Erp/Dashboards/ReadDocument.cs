using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Erp.Dashboards;

/// <summary>
/// Reads one of the caller's own documents, always from the ERP and without holding a database connection. A caller without documents on
/// the dashboard gets none here either. 404 without a record and for every document that is not theirs, 403 without an account or where
/// Patron's user may not read it, 503 where the ERP is unavailable.
/// </summary>
public sealed class ReadDocument(FindOwnPartner own, IErpDocuments? erp = null)
{
    /// <summary>The same error for another customer's document and for one that does not exist.</summary>
    public static Error Missing { get; } = Error.NotFound("document_not_found", "You don't have a document with this id.");

    /// <summary>The same error for another customer's document, a missing one, and an own document without a PDF.</summary>
    public static Error NoPdf { get; } = Error.NotFound("document_not_found", "There's no PDF of a document of yours with this id.");

    public Task<Result<ErpDocument>> HandleAsync(Caller caller, DocumentKind kind, string id, CancellationToken cancellationToken) =>
        QueryErpAsync(
            caller, Missing, (documents, partner) => documents.FindDocumentAsync(partner, kind, id, cancellationToken), cancellationToken);

    public Task<Result<ErpTicketDetails>> FindTicketAsync(Caller caller, string id, CancellationToken cancellationToken) =>
        QueryErpAsync(
            caller, Missing, (documents, partner) => documents.FindTicketAsync(partner, id, cancellationToken), cancellationToken);

    /// <summary>400 where the PDF is too large.</summary>
    public Task<Result<ErpPdf>> OpenPdfAsync(Caller caller, DocumentKind kind, string id, CancellationToken cancellationToken) =>
        QueryErpAsync(
            caller, NoPdf, (documents, partner) => documents.OpenPdfAsync(partner, kind, id, cancellationToken), cancellationToken);

    private async Task<Result<T>> QueryErpAsync<T>(
        Caller caller, Error missing, Func<IErpDocuments, string, Task<Result<T>>> query, CancellationToken cancellationToken)
    {
        if (!(await own.HandleAsync(caller, cancellationToken)).Succeeded(out var found, out var refused))
        {
            return refused;
        }

        if (erp is null || found.Partner is not { } partner)
        {
            return missing;
        }

        var answer = await query(erp, partner.Id);
        return answer.Error is { Kind: ErrorKind.NotFound } ? missing : answer;
    }
}
