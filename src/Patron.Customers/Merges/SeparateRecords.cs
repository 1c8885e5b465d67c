using Patron.Customers.Accounts;
using Patron.Customers.Addresses;
using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Customers.Schema;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.Customers.Merges;

/// <summary>A merge to undo: the locked record that survives it, and all merges of that record in the order of time.</summary>
internal sealed record LockedMerge(MergeView Merge, Customer Survivor, IReadOnlyList<MergeStep> Steps);

/// <summary>
/// Writes the undo of a merge (<see cref="UndoMerge"/>): the survivor and the record that is stored again, their rows, the remaining
/// merges, and the audit entries with the merge as their cause. Inside the transaction that has locked the surviving record.
/// </summary>
public sealed class SeparateRecords(
    CustomerStore customers, MergeStore merges, MergedRows rows, ReturnedClaims claims, CustomerAddresses addresses, CustomerMerger merger,
    IEnumerable<ICustomerReferences> references, IAccountDirectory accounts, DatabaseSession database, TimeProvider time)
{
    private const string RootSql = "SELECT merged_into FROM customers.absorbed WHERE organization_id = $1 AND uid = $2";

    // Accounts that another record of the organization has by now.
    private const string LinkedElsewhereSql = """
        SELECT user_id FROM customers.customers WHERE organization_id = $1 AND uid <> $2 AND user_id = ANY ($3)
        """;

    private const string ParentsSql = """
        SELECT uid, coalesce(absorbed_by, merged_into) FROM customers.absorbed WHERE organization_id = $1 AND merged_into = $2
        """;

    /// <summary>
    /// Locks the accounts of the merged records, then the surviving record. Null where the record was merged, linked or erased before its
    /// lock was taken: the caller tries again.
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

    /// <summary>Undoes the merge.</summary>
    internal async Task<UndoneMerge> HandleAsync(Caller caller, LockedMerge locked, string? reason, CancellationToken cancellationToken)
    {
        var (organization, now) = (locked.Survivor.OrganizationId, time.GetDatabaseNow());
        var cause = caller with { Cause = Cause.Merge(locked.Merge.Id) };
        var (survivor, undone) = (locked.Survivor, locked.Steps.Single(step => step.Id == locked.Merge.Id));
        var replay = await ReplayAsync(locked, cancellationToken);
        var leaving = await rows.FindLeavingAsync(organization, survivor.Uid, undone.Absorbed, cancellationToken);
        var remembered = await rows.RememberedAsync(organization, locked.Steps.Select(step => step.Id), cancellationToken);
        var returned = replay.Records[undone.Absorbed].Record;
        returned.Version = Math.Max(returned.Version, survivor.Version);
        await merges.MarkUndoneAsync(caller, organization, undone.Id, reason, now, cancellationToken);
        if (locked.Merge.DisabledAccount is { } account && returned.UserId == account)
        {
            await accounts.ReviveAsync(cause, account, cancellationToken);
        }

        // The survivor first: it gives up the account, the address and the partner that return.
        var released = await claims.SaveAsync(cause, survivor, replay.Records[survivor.Uid].Record, returned, now, cancellationToken);
        await rows.ReturnAsync(organization, survivor.Uid, returned.Uid, leaving, cancellationToken);
        await CorrectAddressesAsync(locked, replay, now, cancellationToken);
        await ReturnReferencesAsync(locked, replay, leaving, remembered, cancellationToken);
        var staying = await rows.ReopenAsync(survivor, returned, undone, leaving, now, cancellationToken);
        var reader = CustomerAccess.ReaderOf(caller);
        return new UndoneMerge(
            locked.Merge, survivor.ForReader(reader), (await customers.FindByIdAsync(caller, returned.Uid.ToString(), cancellationToken))!,
            released, staying);
    }

    private static HashSet<Guid> UsersOf(IEnumerable<MergeStep> steps) =>
        steps.SelectMany(step => new[] { step.SurvivorBefore.Record.UserId, step.AbsorbedBefore.Record.UserId }).OfType<Guid>().ToHashSet();

    private async Task<MergeReplay> ReplayAsync(LockedMerge locked, CancellationToken cancellationToken)
    {
        var (survivor, steps) = (locked.Survivor, locked.Steps);
        var partners = new List<ReferencedPartner>();
        foreach (var others in references)
        {
            partners.AddRange(await others.FindPartnersAsync(survivor.OrganizationId, survivor.Uid, cancellationToken));
        }

        Guid[] retired = [.. steps.Where(IsOfTwoAccounts).Select(step => step.AbsorbedBefore.Record.UserId!.Value)];
        var elsewhere = await database.QueryAsync(
            LinkedElsewhereSql, row => row.Uuid(), cancellationToken, survivor.OrganizationId, survivor.Uid, retired);
        var returnable = new ReturnableLinks(
            retired.Except(elsewhere).ToHashSet(),
            partners.Where(partner => partner.IsInConflictByMerge).Select(partner => partner.Key).ToHashSet());
        var rules = merger.Rules with
        {
            PartnerAddresses = partners.Where(partner => partner.EmailKey is not null)
                .ToDictionary(partner => partner.Key, partner => partner.EmailKey!),
        };
        var current = await merges.TakeAsync(cancellationToken, survivor);
        return MergeReplay.Without(
            locked.Merge.Id, steps, current[0], await FindStatementsAsync(survivor, steps, cancellationToken), rules, returnable);
    }

    private static bool IsOfTwoAccounts(MergeStep step) =>
        step.SurvivorBefore.Record.UserId is not null && step.AbsorbedBefore.Record.UserId is not null;

    // Statements for a record that was merged before merges were kept are those of the record it was merged into.
    private async Task<IEnumerable<ConsentStatement>> FindStatementsAsync(
        Customer survivor, IReadOnlyList<MergeStep> steps, CancellationToken cancellationToken)
    {
        var known = steps.SelectMany(step => new[] { step.Survivor, step.Absorbed }).ToHashSet();
        var parents = (await database.QueryAsync(
            ParentsSql, row => (Uid: row.Uuid(), Parent: row.Uuid()), cancellationToken, survivor.OrganizationId, survivor.Uid))
            .ToDictionary(entry => entry.Uid, entry => entry.Parent);
        return (await merges.StatementsAsync(survivor.OrganizationId, survivor.Uid, cancellationToken))
            .Select(statement => statement with { Origin = Resolve(statement.Origin) });

        Guid Resolve(Guid origin)
        {
            while (!known.Contains(origin))
            {
                origin = parents.GetValueOrDefault(origin, survivor.Uid);
            }

            return origin;
        }
    }

    // Additional addresses that merges had made of primary ones follow from the remaining merges. Edited ones stay with the record they
    // came from.
    private async Task CorrectAddressesAsync(
        LockedMerge locked, MergeReplay replay, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var organization = locked.Survivor.OrganizationId;
        await addresses.RemoveMadeAsync(organization, locked.Merge.Id, cancellationToken);
        foreach (var (step, plan) in replay.Remaining.Zip(replay.Plans))
        {
            var before = locked.Steps.Single(earlier => earlier.Id == step.Id);
            var former = MergePlan.Of(before.SurvivorBefore, before.AbsorbedBefore, merger.Rules, before.Terms);
            var made = await addresses.FindMadeAsync(organization, step.Id, cancellationToken);
            if (former.ExtraAddress != plan.ExtraAddress || former.IsExtraOfAbsorbed != plan.IsExtraOfAbsorbed)
            {
                await addresses.RemoveMadeAsync(organization, step.Id, cancellationToken);
                made = CustomerMerger.MakeAddress(
                    plan, replay.Records[replay.RootOf(step.Survivor)].Record, step.AbsorbedBefore.Record, now);
                if (made is not null)
                {
                    made.MadeByMerge = step.Id;
                    made.OriginUid = plan.IsExtraOfAbsorbed ? step.Absorbed : step.Survivor;
                    await addresses.InsertAsync(made, cancellationToken);
                }
            }

            await merges.RewriteAsync(organization, step, made?.Uid, cancellationToken);
        }
    }

    private async Task ReturnReferencesAsync(
        LockedMerge locked, MergeReplay replay, IReadOnlyCollection<Guid> leaving, IReadOnlyList<(MovedRow Row, Guid Origin)> remembered,
        CancellationToken cancellationToken)
    {
        var (survivor, undone) = (locked.Survivor, locked.Steps.Single(step => step.Id == locked.Merge.Id));
        var returned = replay.Records[undone.Absorbed].Record;

        // Partners whose values these records showed before their merges return only with their records.
        PartnerKey[] staying =
        [
            .. locked.Steps.SelectMany(step => new[] { step.SurvivorBefore.Record.Partner, step.AbsorbedBefore.Record.Partner })
                .OfType<PartnerKey>().Distinct().Where(partner => partner != returned.Partner && !IsReturned(partner)),
        ];
        var record = new SeparatedRecord(
            survivor.OrganizationId, survivor.Uid, undone.Absorbed, leaving, staying,
            [.. remembered.Where(entry => leaving.Contains(entry.Origin)).Select(entry => entry.Row)]);
        foreach (var others in references)
        {
            await others.ReturnAsync(record, cancellationToken);
        }

        // A partner that is in conflict with one of the records that leave, by a merge that remains.
        bool IsReturned(PartnerKey partner) => replay.Remaining.Any(step =>
            leaving.Contains(step.Absorbed) && step.AbsorbedBefore.Record.Partner == partner);
    }
}
