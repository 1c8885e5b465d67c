using Patron.Shared.Callers;
using Patron.Shared.Inbox;
using Patron.Shared.Results;

namespace Patron.Customers.Inbox;

/// <summary>
/// Takes an item of the inbox for the caller, or releases it again. Repeating it changes nothing. Of many at once one person gets the item;
/// the others get 409 with the name of who has it. For staff (403 for others, 400 for API keys). 404 for an item that is not there.
/// </summary>
public sealed class AssignInboxItem(InboxItems items, InboxEntries entries)
{
    public async Task<Result<InboxEntry>> HandleAsync(Caller caller, long id, CancellationToken cancellationToken) =>
        InboxAccess.RefuseTaking(caller) is { } refused
            ? refused
            : await ShowAsync(
                caller, id, await items.TryAssignAsync(caller, id, caller.UserId!.Value, cancellationToken), cancellationToken);

    /// <summary>Releases an item that the caller has.</summary>
    public async Task<Result<InboxEntry>> ReleaseAsync(Caller caller, long id, CancellationToken cancellationToken) =>
        InboxAccess.RefuseTaking(caller) is { } refused
            ? refused
            : await ShowAsync(
                caller, id, await items.TryReleaseAsync(caller, id, caller.UserId!.Value, cancellationToken), cancellationToken);

    private async Task<Result<InboxEntry>> ShowAsync(
        Caller caller, long id, InboxItem? changed, CancellationToken cancellationToken) => changed is null
        ? await entries.ExplainAsync(caller, id, cancellationToken)
        : await entries.ShowAsync(caller, changed, cancellationToken);
}
