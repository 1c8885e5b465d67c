using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Merges;

/// <summary>A merge to undo: the locked record that survives it, and all merges of that record in the order of time.</summary>
internal sealed record LockedMerge(MergeView Merge, Customer Survivor, IReadOnlyList<MergeStep> Steps)
{
    /// <summary>The merge that is undone.</summary>
    public MergeStep Undone => Steps.Single(step => step.Id == Merge.Id);
}

/// <summary>Locks what the undo of a merge changes: the accounts of the merged records, then the surviving record.</summary>
public sealed class MergeLocks(CustomerStore customers, MergeStore merges, IAccountDirectory accounts, DatabaseSession database)
{
    /// <summary>The answer of a merge or an undo whose records change again and again while it waits for them.</summary>
    internal static readonly Error Changing = Error.Conflict(
        "merge_changing", "These customers are being merged or linked right now. Nothing was changed. Try again.");

    private const string RootSql = "SELECT merged_into FROM customers.absorbed WHERE organization_id = $1 AND uid = $2";

    /// <summary>
    /// The locked merge. Null where the record was merged, linked or erased before its lock was taken: the caller tries again.
    /// </summary>
    internal async Task<LockedMerge?> LockAsync(Caller caller, MergeView merge, CancellationToken cancellationToken)
    {
        var roots = await database.QueryAsync(RootSql, row => row.Uuid(), cancellationToken, caller.OrganizationId, merge.AbsorbedUid);
        if (roots.Count == 0)
        {
            return null;
        }

        var reference = roots[0].ToString();
        var known = UsersOf(await merges.StepsAsync(caller.OrganizationId, roots[0], cancellationToken));
        known.UnionWith((await customers.FindUserIdsAsync(caller, [reference], cancellationToken)).OfType<Guid>());
        await accounts.LockAsync(known, cancellationToken); // Lock order: accounts, then customers.
        var survivor = (await customers.LockAllAsync(caller, [reference], cancellationToken))
            .SingleOrDefault(record => record.Uid == roots[0]);
        if (survivor is null)
        {
            return null;
        }

        var steps = await merges.StepsAsync(caller.OrganizationId, roots[0], cancellationToken);
        var isStable = steps.Any(step => step.Id == merge.Id) && UsersOf(steps).IsSubsetOf(known)
            && (survivor.UserId is null || known.Contains(survivor.UserId.Value));
        return isStable ? new LockedMerge(merge, survivor, steps) : null;
    }

    private static HashSet<Guid> UsersOf(IEnumerable<MergeStep> steps) =>
        steps.SelectMany(step => new[] { step.SurvivorBefore.Record.UserId, step.AbsorbedBefore.Record.UserId }).OfType<Guid>().ToHashSet();
}
