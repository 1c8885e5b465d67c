using Patron.Shared.Callers;
using Patron.Shared.Inbox;
using Patron.Shared.Results;

namespace Patron.Erp.Partners;

/// <summary>The partners to decide about, each beside its customer: <see cref="SettlePartner"/> settles them one by one.</summary>
public sealed record PartnerDetails(IReadOnlyList<PartnerView> Partners) : InboxDetails;

/// <summary>Reads conflicts of the sync and partners that want the address of somebody else.</summary>
internal sealed class PartnerInboxReader(ListPartners partners) : IInboxReader
{
    private static readonly Error Settled = Error.NotFound(
        "partner_not_found", "These partners no longer need a decision.");

    public bool CanRead(InboxItem item) =>
        item.Kind == InboxKind.SyncConflict
        || (item.Kind == InboxKind.KeyCollision && item.SourceAfter(ListPartners.InboxPrefix) is not null);

    public async Task<Result<InboxDetails>> ReadAsync(Caller caller, InboxItem item, CancellationToken cancellationToken) =>
        (await partners.FindWaitingAsync(caller, item, cancellationToken)).Succeeded(out var found, out var refused)
            ? found.Count == 0 ? Settled : new PartnerDetails(found)
            : refused;
}
