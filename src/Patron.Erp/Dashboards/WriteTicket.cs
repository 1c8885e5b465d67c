using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Erp.Dashboards;

/// <summary>
/// Opens a ticket in the ERP, or answers one of the caller's own. A form is passed on once, however often it is submitted: its key is
/// stored before the ERP is asked, and forgotten where that fails, so that the person can try again. 404 for other customers' tickets, 403
/// where Patron's user may not write, 422 for an invalid text, 503 where the ERP is unavailable.
/// </summary>
public sealed class WriteTicket(FindOwnPartner own, DatabaseSession session, IErpDocuments? erp = null)
{
    /// <summary>In characters.</summary>
    public const int MaxSubjectLength = 200;

    /// <summary>In characters.</summary>
    public const int MaxTextLength = 5000;

    private const string ClaimSql = "INSERT INTO erp.sent_forms (key, customer_uid) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    private const string ReleaseSql = "DELETE FROM erp.sent_forms WHERE key = $1";

    public static HousekeepingTask Housekeeping { get; } =
        new("sent forms", "DELETE FROM erp.sent_forms WHERE sent_at < $1::timestamptz - interval '24 hours'");

    /// <summary>Whether the caller can open tickets.</summary>
    public async Task<bool> MayOpenAsync(Caller caller, CancellationToken cancellationToken) =>
        (await own.HandleAsync(caller, cancellationToken)).Succeeded(out var found, out _)
        && erp is not null && found.Partner is { } partner && await erp.MayOpenTicketsAsync(partner.Id, cancellationToken);

    public async Task<Result<Unit>> OpenAsync(
        Caller caller, string subject, string text, Guid form, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        Check(errors, "subject", subject, MaxSubjectLength, severalLines: false);
        Check(errors, "message", text, MaxTextLength, severalLines: true);
        return errors.Any
            ? errors.ToError()
            : await SendOnceAsync(
                caller, form, (documents, partner) => documents.OpenTicketAsync(partner, subject.Trim(), text.Trim(), cancellationToken),
                cancellationToken);
    }

    public async Task<Result<Unit>> AnswerAsync(Caller caller, string id, string text, Guid form, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        Check(errors, "message", text, MaxTextLength, severalLines: true);
        return errors.Any
            ? errors.ToError()
            : await SendOnceAsync(
                caller, form, (documents, partner) => documents.AnswerTicketAsync(partner, id, text.Trim(), cancellationToken),
                cancellationToken);
    }

    private async Task<Result<Unit>> SendOnceAsync(
        Caller caller, Guid form, Func<IErpDocuments, string, Task<Result<Unit>>> send, CancellationToken cancellationToken)
    {
        if (!(await own.HandleAsync(caller, cancellationToken)).Succeeded(out var found, out var refused))
        {
            return refused;
        }

        if (erp is null || found.Partner is not { } partner)
        {
            return ReadDocument.Missing;
        }

        if (await session.ExecuteAsync(ClaimSql, cancellationToken, form, found.Profile.Customer.Uid) == 0)
        {
            return default(Unit);
        }

        var result = await send(erp, partner.Id);
        if (result.Error is not null)
        {
            await session.ExecuteAsync(ReleaseSql, CancellationToken.None, form);
        }

        return result;
    }

    private static void Check(FieldErrors errors, string field, string text, int maxLength, bool severalLines)
    {
        if (TextRules.NullIfBlank(text) is null)
        {
            errors.AddRequired(field);
        }
        else if (TextRules.IsLonger(text, maxLength))
        {
            errors.Add(field, $"Use at most {maxLength} characters.");
        }
        else if (TextRules.Problem(text, severalLines) is { } problem)
        {
            errors.Add(field, problem);
        }
    }
}
