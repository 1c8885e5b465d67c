using Patron.Shared.Callers;
using Patron.Shared.Inbox;
using Patron.Shared.Results;

namespace Patron.Customers.Inbox;

/// <summary>An item with what a decision about it needs, and the id of the one after it under the filter; null for the last.</summary>
public sealed record OpenedInboxItem(InboxEntry Entry, InboxDetails Details, long? Next);

/// <summary>
/// Reads an item of the inbox for staff and keys with <c>customers:read</c> (403 for others). 404 for an item that is not there or was
/// settled meanwhile; other errors are those of the use case that reads what the item is about.
/// </summary>
public sealed class ReadInboxItem(InboxItems items, InboxEntries entries, IEnumerable<IInboxReader> readers)
{
    /// <summary>The item, whether the filter includes it or not.</summary>
    public async Task<Result<OpenedInboxItem>> HandleAsync(
        Caller caller, long id, InboxFilter filter, CancellationToken cancellationToken)
    {
        if (InboxAccess.RefuseReading(caller) is { } refused)
        {
            return refused;
        }

        if (await items.FindAsync(caller, id, cancellationToken) is not { } item
            || readers.FirstOrDefault(candidate => candidate.CanRead(item)) is not { } reader)
        {
            return InboxAccess.NotFound;
        }

        if (!(await reader.ReadAsync(caller, item, cancellationToken)).Succeeded(out var details, out var unreadable))
        {
            return unreadable;
        }

        var next = await items.PageAsync(caller, filter, id, limit: 1, cancellationToken);
        return (await entries.ShowAsync(caller, item, cancellationToken))
            .Select(entry => new OpenedInboxItem(entry, details, next.Count == 0 ? null : next[0].Id));
    }

    /// <summary>The item after this one under the filter; null for the last.</summary>
    public async Task<Result<InboxEntry?>> FindNextAsync(
        Caller caller, long id, InboxFilter filter, CancellationToken cancellationToken)
    {
        if (InboxAccess.RefuseReading(caller) is { } refused)
        {
            return refused;
        }

        return await items.PageAsync(caller, filter, id, limit: 1, cancellationToken) is [var next]
            ? (await entries.ShowAsync(caller, next, cancellationToken)).Select<InboxEntry?>(entry => entry)
            : (InboxEntry?)null;
    }
}
