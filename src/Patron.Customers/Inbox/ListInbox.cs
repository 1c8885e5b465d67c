using Patron.Customers.Search;
using Patron.Shared.Callers;
using Patron.Shared.Inbox;
using Patron.Shared.Results;

namespace Patron.Customers.Inbox;

/// <summary>
/// A page of items, the number of items of each kind under the same filter but for the kinds, and the id after which the next page begins;
/// null on the last.
/// </summary>
public sealed record InboxPage(IReadOnlyList<InboxEntry> Entries, InboxCounts Counts, long? Next);

/// <summary>The number of items of each kind that has any.</summary>
public sealed record InboxCounts(IReadOnlyDictionary<InboxKind, long> ByKind)
{
    public long Total => ByKind.Values.Sum();
}

/// <summary>
/// Lists what waits for a decision in the acting organization, oldest first: for staff and keys with <c>customers:read</c> (403 for
/// others). Administrators who act in home also see what belongs to the installation. 422 for a limit out of bounds, 503 where accounts are
/// unavailable.
/// </summary>
public sealed class ListInbox(InboxItems items, InboxEntries entries)
{
    public const int DefaultLimit = 50;

    public async Task<Result<InboxPage>> HandleAsync(
        Caller caller, InboxFilter filter, long after, int limit, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        PageBounds.CheckLimit(limit, errors);
        if ((InboxAccess.RefuseReading(caller) ?? (errors.Any ? errors.ToError() : null)) is { } refused)
        {
            return refused;
        }

        var found = await items.PageAsync(caller, filter, after, limit + 1, cancellationToken);
        var counts = await items.CountAsync(caller, filter, cancellationToken);
        var page = found.Take(limit).ToList();
        return (await entries.ShowAsync(caller, page, cancellationToken))
            .Select(shown => new InboxPage(shown, new InboxCounts(counts), found.Count > limit ? page[^1].Id : null));
    }

    /// <summary>The number of items of each kind, for the navigation.</summary>
    public async Task<Result<InboxCounts>> CountAsync(
        Caller caller, InboxFilter filter, CancellationToken cancellationToken)
    {
        if (InboxAccess.RefuseReading(caller) is { } refused)
        {
            return refused;
        }

        return new InboxCounts(await items.CountAsync(caller, filter, cancellationToken));
    }
}
