using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Inbox;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Inbox;

/// <summary>
/// Removes an item that nothing has to be done about: the rejected rows of a job or an import were seen, or a released address stays
/// released. What it is about does not change. For staff and keys with <c>customers:write</c> (403 for others). 400 for other kinds, which
/// end with a decision; 404 for an item that is not there; 409 where somebody else has taken it.
/// </summary>
public sealed class DismissInboxItem(InboxItems items, InboxEntries entries, DatabaseSession database, TimeProvider time)
{
    private static readonly InboxKind[] Kinds = [InboxKind.JobRejected, InboxKind.ReleasedClaim];

    private static readonly Error DecisionRequired = Error.Rule(
        "inbox_decision_required", "This item stays until its decision is made. You can snooze it.");

    /// <summary>Returns the item as it was.</summary>
    public async Task<Result<InboxEntry>> HandleAsync(Caller caller, long id, CancellationToken cancellationToken)
    {
        if (InboxAccess.RefuseChanging(caller) is { } refused)
        {
            return refused;
        }

        if (!(await entries.ExplainAsync(caller, id, cancellationToken)).Succeeded(out var entry, out var unavailable))
        {
            return unavailable;
        }

        if (!Kinds.Contains(entry.Item.Kind))
        {
            return DecisionRequired;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        if (await items.RemoveAsync(caller, id, Kinds, cancellationToken) is null)
        {
            return InboxAccess.NotFound;
        }

        if (entry.Customer is { } customer)
        {
            await database.AddAuditAsync(
                AuditEntry.For(
                    caller, $"customer.{EnumNames<InboxKind>.Of(entry.Item.Kind)}_dismissed", "customer", customer.Uid,
                    time.GetDatabaseNow(), customer.OrganizationId),
                cancellationToken);
        }

        return await transaction.CommitAsync(entry, cancellationToken);
    }
}
