using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Merges;

/// <summary>
/// Both records after the undo of a merge. <paramref name="Released"/> names those whose address another customer claims meanwhile,
/// <paramref name="Staying"/> rows that stay with the survivor although they were added since, or that could not be opened again.
/// </summary>
public sealed record UndoneMerge(
    MergeView Merge, Customer Survivor, Customer Returned, IReadOnlyList<string> Released, IReadOnlyList<StayingRow> Staying);

/// <summary>
/// Undoes a merge: both records stand as before, and everything since is as if the other merges and all edits had been made without it
/// (<see cref="MergeReplay"/>). Staff and keys with <c>customers:write</c>; a merge that a proof caused, or of two accounts, only an
/// administrator with a reason. Errors: 403, 404, 409 for a merge that was undone, erased or cannot be undone, 422 a missing reason.
/// </summary>
public sealed class UndoMerge(
    ListMerges list, MergeLocks locks, SeparateRecords separate, CustomerStore customers, AccountCopies copies, DatabaseSession database)
{
    private const int MaxAttempts = 3;
    private const int MaxReason = 500;

    private static readonly Error AlreadyUndone = Error.Conflict(
        "merge_undone", "This merge was undone before. Nothing was changed.");

    private static readonly Error Erased = Error.Conflict(
        "merge_erased", "A customer of this merge was erased, and with them what an undo needs. Nothing was changed.");

    private static readonly Error Final = Error.Conflict(
        "merge_final", "This merge was made by an earlier version of Patron, which didn't keep what an undo needs. Nothing was changed.");

    public async Task<Result<UndoneMerge>> HandleAsync(Caller caller, long id, string? reason, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        reason = TextRules.NullIfBlank(reason);
        if (reason is not null && CustomerRules.Text(reason, MaxReason, severalLines: true) is { } problem)
        {
            return Error.Invalid("reason", problem);
        }

        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            await using var transaction = await database.BeginAsync(cancellationToken);
            if (await list.FindAsync(caller.OrganizationId, id, cancellationToken) is not { } merge)
            {
                return ListMerges.NotFound;
            }

            if ((StateError(merge) ?? CheckCaller(caller, merge, reason)) is { } impossible)
            {
                return impossible;
            }

            if (await locks.LockAsync(caller, merge, cancellationToken) is { } locked)
            {
                var (released, staying) = await separate.HandleAsync(caller, locked, reason, cancellationToken);
                var survivor = locked.Survivor.ForReader(CustomerAccess.ReaderOf(caller));
                var returned = await customers.FindByIdAsync(caller, merge.AbsorbedUid.ToString(), cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return await ShowAsync(caller, new UndoneMerge(merge, survivor, returned!, released, staying), cancellationToken);
            }
        }

        return MergeLocks.Changing;
    }

    private async Task<Result<UndoneMerge>> ShowAsync(Caller caller, UndoneMerge undone, CancellationToken cancellationToken)
    {
        var names = new[] { undone.Survivor.CustomerId, undone.Returned.CustomerId };
        var loaded = await copies.LoadAccountsAsync(caller, names, cancellationToken);
        var merge = (await list.FindAsync(caller.OrganizationId, undone.Merge.Id, cancellationToken))!;
        return loaded.Select(accounts => undone with
        {
            Merge = merge,
            Survivor = accounts.AddAccountData(undone.Survivor),
            Returned = accounts.AddAccountData(undone.Returned),
        });
    }

    // Why the merge cannot be undone; null where it can.
    private static Error? StateError(MergeView merge) => merge.State switch
    {
        MergeState.Undone => AlreadyUndone,
        MergeState.Erased => Erased,
        MergeState.Final => Final,
        _ => null,
    };

    private static Error? CheckCaller(Caller caller, MergeView merge, string? reason)
    {
        if (merge.Evidence != MergeEvidence.Proof && merge.DisabledAccount is null)
        {
            return null;
        }

        if (!caller.IsAdmin || caller.Key is not null)
        {
            return Error.Forbidden(
                "admin_required",
                "This merge joined what belongs to an account. Only an administrator can undo it, with a reason.");
        }

        return reason is null ? Error.Required("reason") : null;
    }
}
