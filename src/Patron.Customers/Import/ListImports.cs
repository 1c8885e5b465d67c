using Patron.Customers.Customers;
using Patron.Customers.Jobs;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Import;

/// <summary>
/// An import of a file: its name without the folder, null where none was told, and how many lines became customers or were rejected. Times
/// are UTC.
/// </summary>
public sealed record ImportView(long Id, string? FileName, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, long Imported, long Rejected);

/// <summary>
/// Lists the imports into the acting organization, the newest first, after a cursor: staff, and keys with <c>customers:read</c> (403 for
/// others). An import that failed as a whole left nothing behind and is not listed.
/// </summary>
public sealed class ListImports(DatabaseSession database)
{
    public const int PageSize = 50;

    private const string ListSql = """
        SELECT id, file_name, started_at, finished_at, imported, rejected FROM customers.imports
        WHERE organization_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3
        """;

    public async Task<Result<JobPage<ImportView>>> HandleAsync(Caller caller, long? cursor, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        var found = await database.QueryAsync(
            ListSql, Read, cancellationToken, caller.OrganizationId, cursor ?? long.MaxValue, PageSize + 1);
        return found.Count > PageSize
            ? new JobPage<ImportView>(found[..PageSize], found[PageSize - 1].Id)
            : new JobPage<ImportView>(found, Next: null);
    }

    private static ImportView Read(RowCursor row) =>
        new(row.Long(), row.OptionalText(), row.Time(), row.OptionalTime(), row.Long(), row.Long());
}
