using Patron.Customers.Accounts;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.Customers.Merges;

/// <summary>
/// Writes the undo of a merge (<see cref="UndoMerge"/>): the survivor and the record that is stored again, their rows, the remaining
/// merges, and the audit entries with the merge as their cause. Inside the transaction that has locked the surviving record.
/// </summary>
public sealed class SeparateRecords(
    MergeStore merges, MergeHistory history, ReturnedClaims claims, SeparatedRows rows, IAccountDirectory accounts, TimeProvider time)
{
    /// <summary>
    /// Undoes the merge. Returns the customer_ids of records whose address somebody else has, and the rows that stay with the survivor.
    /// </summary>
    internal async Task<(IReadOnlyList<string> Released, IReadOnlyList<StayingRow> Staying)> HandleAsync(
        Caller caller, LockedMerge locked, string? reason, CancellationToken cancellationToken)
    {
        var (survivor, now) = (locked.Survivor, time.GetDatabaseNow());
        var cause = caller with { Cause = Cause.Merge(locked.Merge.Id) };
        var replay = await history.ReplayAsync(locked, cancellationToken);
        var returned = replay.Records[locked.Undone.Absorbed].Record;
        await merges.MarkUndoneAsync(caller, survivor.OrganizationId, locked.Merge.Id, reason, now, cancellationToken);
        if (locked.Merge.DisabledAccount is { } account && returned.UserId == account)
        {
            await accounts.ReviveAsync(cause, account, cancellationToken);
        }

        // The survivor first: it gives up the account, the address and the partner that return.
        var released = await claims.SaveAsync(cause, survivor, replay.Records[survivor.Uid].Record, returned, now, cancellationToken);
        return (released, await rows.ReturnAsync(locked, replay, now, cancellationToken));
    }
}
