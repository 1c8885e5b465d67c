using Patron.Customers.Accounts;
using Patron.Customers.Addresses;
using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Customers.Schema;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Merges;

/// <summary>A merge that was made: its id, what it decided, and the audit entries to save with the survivor.</summary>
internal sealed record MadeMerge(long Id, MergePlan Plan, IReadOnlyList<AuditEntry> Entries);

/// <summary>
/// Merges two records of the same person (linking.md, 'Merge') inside the transaction that has locked both, for every entry point: proof,
/// staff and the ERP. <see cref="MergePlan"/> decides; addresses, consents, offers and history move to the survivor, and the absorbed record's
/// identifiers lead to it from then on. Both records are stored as they were, so that the merge can be undone.
/// </summary>
public sealed class CustomerMerger(
    MergeStore merges, MergedRows rows, CustomerAddresses addresses, IEnumerable<ICustomerReferences> references, ErpOwnership erp,
    IAccountDirectory accounts)
{
    private static readonly Error TwoAccounts = Error.Rule(
        "two_accounts", "These records belong to two accounts, so to two people. If it's one person, close one of the accounts first.");

    /// <summary>The rules of this process.</summary>
    internal MergeRules Rules => new(erp, accounts.KeepsCopies);

    /// <summary>The survivor and the absorbed one of two records: the one that claims its address stays, else the older.</summary>
    internal static (Customer Survivor, Customer Absorbed) Order(Customer one, Customer other)
    {
        var (oneClaims, otherClaims) = (one.Claim == EmailClaim.Claimed, other.Claim == EmailClaim.Claimed);
        var oneSurvives = oneClaims == otherClaims ? one.Id < other.Id : oneClaims;
        return oneSurvives ? (one, other) : (other, one);
    }

    /// <summary>What a merge of these records would make, in the order given. Nothing is written.</summary>
    internal async Task<IReadOnlyList<MergePlan>> PreviewAsync(
        Customer survivor, IReadOnlyList<(Customer Absorbed, MergeOrder Order)> others, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var snapshots = await merges.TakeAsync(cancellationToken, [survivor, .. others.Select(other => other.Absorbed)]);
        var (current, plans) = (snapshots[0], new List<MergePlan>());
        foreach (var ((_, order), snapshot) in others.Zip(snapshots.Skip(1)))
        {
            plans.Add(MergePlan.Of(current, snapshot, Rules, new MergeTerms(order.Evidence, order.Choices, now)));
            current = plans[^1].Merged;
        }

        return plans;
    }

    /// <summary>
    /// Merges the records. The caller saves the survivor with the returned audit entries. 400 for records of two accounts, which belong to
    /// two people, unless the order says which account was disabled.
    /// </summary>
    internal async Task<Result<MadeMerge>> MergeAsync(
        Caller caller, Customer survivor, Customer absorbed, MergeOrder order, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (survivor.UserId is not null && absorbed.UserId is not null && order.DisabledUserId != absorbed.UserId)
        {
            return TwoAccounts;
        }

        var before = survivor.Copy();
        var snapshots = await merges.TakeAsync(cancellationToken, survivor, absorbed);
        var terms = new MergeTerms(order.Evidence, order.Choices, now);
        var plan = MergePlan.Of(snapshots[0], snapshots[1], Rules, terms);
        var made = MakeAddress(plan, survivor, absorbed, now);
        var id = await merges.InsertAsync(caller, snapshots[0], snapshots[1], order, terms, made?.Uid, cancellationToken);
        if (made is not null)
        {
            made.MadeByMerge = id;
            await addresses.InsertAsync(made, cancellationToken);
        }

        foreach (var others in references)
        {
            var moved = await others.MoveAsync(survivor.OrganizationId, absorbed.Uid, survivor.Uid, cancellationToken);
            await rows.RememberAsync(id, moved, cancellationToken);
        }

        await rows.MoveAsync(survivor, absorbed, id, now, cancellationToken);
        foreach (var field in CustomerSchema.Fields.Updated)
        {
            field.Copy(plan.Merged.Record, survivor);
        }

        if (!Rules.KeepsCopies && before.UserId is null && survivor.UserId is not null && before.IsNamedAfterPerson)
        {
            survivor.Username = Usernames.Anonymous(); // A separate customers service stores no name of a linked person.
        }

        var cause = caller with { Cause = Cause.Merge(id) };
        return new MadeMerge(
            id, plan,
            [
                CustomerAudit.Changed(cause, "customer.merged", before, survivor, ("absorbed", absorbed.CustomerId)),
                AuditEntry.For(
                    cause, "customer.absorbed", "customer", absorbed.Uid, now, survivor.OrganizationId,
                    after: FieldText.ToJson(("merged_into", survivor.CustomerId))),
            ]);
    }

    /// <summary>The additional address that the merge makes of a primary one; null where it makes none.</summary>
    internal static CustomerAddress? MakeAddress(MergePlan plan, Customer survivor, Customer absorbed, DateTimeOffset now)
    {
        if (plan.ExtraAddress is not { } extra)
        {
            return null;
        }

        var address = CustomerAddress.Create(survivor, extra, AddressType.Other, now);
        address.OriginUid = plan.IsExtraOfAbsorbed ? absorbed.Uid : survivor.Uid;
        return address;
    }
}
