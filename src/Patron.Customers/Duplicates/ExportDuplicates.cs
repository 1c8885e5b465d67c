using Patron.Customers.Accounts;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Duplicates;

/// <summary>
/// All open pairs above the floor, the most probable first, as they are read page by page. For staff and keys with <c>customers:read</c>
/// (403 for others). 422 in a separate customers service.
/// </summary>
public sealed class ExportDuplicates(DuplicatePairs pairs, DuplicateViews views, AccountCopies accounts)
{
    private const int PageSize = 500;

    public async Task<Result<long>> HandleAsync(
        Caller caller, Func<ShownDuplicate, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        if (DuplicateAccess.Refuse(caller, accounts, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        var written = 0L;
        for (DuplicateCursor? after = null; ;)
        {
            var query = new DuplicateQuery { MinScore = 0, After = after, Limit = PageSize };
            var found = await pairs.PageAsync(caller.OrganizationId, query, cancellationToken);
            foreach (var shown in await views.ShowAsync(caller, found.Take(PageSize).ToList(), cancellationToken))
            {
                await write(shown, cancellationToken);
                written++;
            }

            if (found.Count <= PageSize)
            {
                return written;
            }

            after = DuplicateCursor.Of(found[PageSize - 1]);
        }
    }
}
