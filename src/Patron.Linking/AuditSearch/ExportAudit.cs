using System.Globalization;
using System.Text;
using Patron.Linking.Timeline;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Linking.AuditSearch;

/// <summary>
/// Writes all entries that a search finds as CSV (RFC 4180, UTF-8), page by page, so that it needs little memory. Cells that a spreadsheet
/// would take for a formula begin with an apostrophe. Callers and errors as <see cref="SearchAudit"/>.
/// </summary>
public sealed class ExportAudit(SearchAudit search)
{
    private static readonly string[] Header =
    [
        "at", "action", "subject_type", "subject_id", "organization_id", "actor_kind", "actor_id", "actor_name", "cause", "address",
        "user_agent", "before", "after",
    ];

    /// <summary>Reads the first page, and returns what writes all of them and returns the number of entries.</summary>
    public async Task<Result<Func<Stream, CancellationToken, Task<long>>>> HandleAsync(
        Caller caller, AuditQuery query, CancellationToken cancellationToken)
    {
        var pages = query with { Limit = AuditQuery.MaxLimit };
        var first = await search.HandleAsync(caller, pages, cancellationToken);
        return first.Succeeded(out var page, out var refused)
            ? new Func<Stream, CancellationToken, Task<long>>((stream, token) => WriteAsync(caller, pages, page, stream, token))
            : refused;
    }

    private async Task<long> WriteAsync(
        Caller caller, AuditQuery query, AuditPage first, Stream stream, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true)
        {
            NewLine = "\r\n",
        };
        await writer.WriteLineAsync(CsvText.Line(Header));
        var written = 0L;
        for (var page = first; ;)
        {
            foreach (var row in page.Rows)
            {
                await writer.WriteLineAsync(LineOf(row));
                written++;
            }

            await writer.FlushAsync(cancellationToken);
            if (page.Next is null)
            {
                return written;
            }

            var next = await search.HandleAsync(caller, query with { Cursor = page.Next }, cancellationToken);
            page = next.Succeeded(out var read, out var refused) ? read : throw new InvalidOperationException(refused.Sentence);
        }
    }

    private static string LineOf(AuditRow row) => CsvText.Line(
        row.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), row.Action, row.SubjectType, row.SubjectId.ToString(),
        row.OrganizationId?.ToString(), EnumNames<ActorKind>.Of(row.Actor.Kind), row.Actor.Id?.ToString(), row.Actor.Name, row.Cause,
        row.Address, row.UserAgent, row.Before, row.After);
}
