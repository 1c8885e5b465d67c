using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Inbox;
using Patron.Shared.Results;

namespace Patron.Customers.Inbox;

/// <summary>
/// Hides an item of the inbox until a day (midnight, UTC), when it comes back by itself, or shows it again now. For staff and keys with
/// <c>customers:write</c> (403 for others). 404 for an item that is not there, 409 with the name where somebody else has taken it, 422 for
/// a day that is not within a year from tomorrow.
/// </summary>
public sealed class SnoozeInboxItem(InboxItems items, InboxEntries entries, TimeProvider time)
{
    public const int MaxDays = 366;

    public async Task<Result<InboxEntry>> HandleAsync(Caller caller, long id, DateOnly? until, CancellationToken cancellationToken)
    {
        if (InboxAccess.RefuseChanging(caller) is { } refused)
        {
            return refused;
        }

        if (until is null)
        {
            return Error.Required("until");
        }

        var today = DateOnly.FromDateTime(time.GetDatabaseNow().UtcDateTime);
        return until <= today || until > today.AddDays(MaxDays)
            ? Error.Invalid("until", "Must be a day from tomorrow on, within a year.")
            : await ChangeAsync(caller, id, new DateTimeOffset(until.Value, TimeOnly.MinValue, TimeSpan.Zero), cancellationToken);
    }

    /// <summary>Shows the item again.</summary>
    public async Task<Result<InboxEntry>> WakeAsync(Caller caller, long id, CancellationToken cancellationToken) =>
        InboxAccess.RefuseChanging(caller) is { } refused ? refused : await ChangeAsync(caller, id, until: null, cancellationToken);

    private async Task<Result<InboxEntry>> ChangeAsync(
        Caller caller, long id, DateTimeOffset? until, CancellationToken cancellationToken) =>
        await items.TrySnoozeAsync(caller, id, until, cancellationToken) is { } changed
            ? await entries.ShowAsync(caller, changed, cancellationToken)
            : await entries.ExplainAsync(caller, id, cancellationToken);
}
