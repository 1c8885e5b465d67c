using Patron.Customers.Addresses;
using Patron.Customers.Customers;
using Patron.Customers.Erp;

namespace Patron.Customers.Merges;

/// <summary>
/// The rows of two records that an undo separates, in all modules. Inside the transaction that has stored both records.
/// </summary>
public sealed class SeparatedRows(
    MergeStore merges, MergedRows rows, CustomerAddresses addresses, CustomerMerger merger, IEnumerable<ICustomerReferences> references)
{
    /// <summary>
    /// Returns the rows of the record that is stored again. The result are rows that were added since and stay, or could not be opened again.
    /// </summary>
    internal async Task<IReadOnlyList<StayingRow>> ReturnAsync(
        LockedMerge locked, MergeReplay replay, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (organization, survivor, undone) = (locked.Survivor.OrganizationId, locked.Survivor, locked.Undone);
        var leaving = await rows.FindLeavingAsync(organization, survivor.Uid, undone.Absorbed, cancellationToken);
        var remembered = await rows.RememberedAsync(organization, locked.Steps.Select(step => step.Id), cancellationToken);
        await rows.ReturnAsync(organization, survivor.Uid, undone.Absorbed, leaving, cancellationToken);
        await CorrectAddressesAsync(locked, replay, now, cancellationToken);
        await ReturnReferencesAsync(locked, replay, leaving, remembered, cancellationToken);
        return await rows.ReopenAsync(survivor, replay.Records[undone.Absorbed].Record, undone, leaving, now, cancellationToken);
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
        var (survivor, undone) = (locked.Survivor, locked.Undone);
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
