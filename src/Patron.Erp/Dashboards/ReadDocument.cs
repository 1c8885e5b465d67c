using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Erp.Dashboards;

/// <summary>
/// One of the caller's own documents, always asked of the ERP and with no connection to the database held. Whoever is shown no documents on the dashboard is
/// shown none here. 404 without a record and for every document that is not theirs, 403 without an account or where the robot may not read it, 503 while the
/// ERP is away.
/// </summary>
public sealed class ReadDocument(FindOwnPartner own, IErpDocuments? erp = null)
{
    /// <summary>The same for somebody else's document and for one that does not exist.</summary>
    public static Error Missing { get; } = Error.NotFound("You have no such document.");

    /// <summary>The same again, and for an own document of which there is no PDF.</summary>
    public static Error NoPdf { get; } = Error.NotFound("You have no document with such a PDF.");

    public Task<Result<ErpDocument>> HandleAsync(Caller caller, DocumentKind kind, string id, CancellationToken cancellationToken) =>
        AskAsync(caller, Missing, (documents, partner) => documents.FindDocumentAsync(partner, kind, id, cancellationToken), cancellationToken);

    /// <summary>400 where the PDF is too large to hand on.</summary>
    public Task<Result<ErpPdf>> OpenPdfAsync(Caller caller, DocumentKind kind, string id, CancellationToken cancellationToken) =>
        AskAsync(caller, NoPdf, (documents, partner) => documents.OpenPdfAsync(partner, kind, id, cancellationToken), cancellationToken);

    private async Task<Result<T>> AskAsync<T>(Caller caller, Error missing, Func<IErpDocuments, string, Task<Result<T>>> ask, CancellationToken cancellationToken)
    {
        if (!(await own.HandleAsync(caller, cancellationToken)).Succeeded(out var found, out var refused))
        {
            return refused;
        }

        if (erp is null || found.Partner is not { } partner)
        {
            return missing;
        }

        var answer = await ask(erp, partner.Id);
        return answer.Error is { Kind: ErrorKind.NotFound } ? missing : answer;
    }
}
