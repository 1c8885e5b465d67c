using Patron.Customers.Customers;
using Patron.Customers.Erp;

namespace Patron.Erp.Partners;

/// <summary>
/// Decides what becomes of partners, one after the other by rank, from what is here (linking.md, 'Sync' and 'Amended'). Addresses that partners have
/// left were released before; what a partner claims here, the partners after it find taken. It writes nothing; records that change are changed in
/// memory.
/// </summary>
internal sealed class PartnerMatcher(string source, ErpOwnership ownership, PartnerSnapshot snapshot, DateTimeOffset now)
{
    /// <summary>The records that are changed, and those that are to be made.</summary>
    public List<PartnerTarget> Changed { get; } = [];

    public List<PartnerTarget> Made { get; } = [];

    public PartnerDecision Decide(PartnerFacts facts)
    {
        var row = snapshot.Row(facts.Partner.Id);
        var decision = row?.CustomerUid is { } uid && snapshot.Target(uid) is { } target ? DecideLinked(facts, row, target) : DecideUnlinked(facts, row);
        return decision with { Row = row, Status = row?.Status.Become(decision.Status) ?? decision.Status };
    }

    private PartnerDecision DecideLinked(PartnerFacts facts, LedgerRow row, PartnerTarget target) =>
        Owns(row, target) ? UpdateFromErp(facts, row, target, PartnerOutcome.Updated)
        : row.Status == PartnerStatus.Current || row.Status.Is(ConflictReason.Merged) ? new PartnerDecision(facts, row.Status) { CustomerUid = row.CustomerUid }
        : DecideUnlinked(facts, row); // One of several partners of a customer, by its address: that may be free by now.

    private PartnerDecision DecideUnlinked(PartnerFacts facts, LedgerRow? row) =>
        row is { Status: var status } && (status == PartnerStatus.Erased || status.IsSetAside) ? new PartnerDecision(facts, status)
        : facts.Skip is { } reason ? new PartnerDecision(facts, PartnerStatus.Skipped(reason))
        : MatchByEmail(facts, row, facts.Email!.Key);

    // A partner that comes back is its old customer's again, unless another one is meanwhile.
    private bool Owns(LedgerRow row, PartnerTarget target) =>
        target.Customer.Partner == new PartnerKey(source, row.Id) || (row.Status.State == PartnerState.Unseen && target.Customer.Partner is null);

    // No linked customer: match by e-mail address.
    private PartnerDecision MatchByEmail(PartnerFacts facts, LedgerRow? row, string emailKey)
    {
        if (snapshot.Claimant(emailKey) is not { } claimant)
        {
            return snapshot.FindHolder(emailKey, facts.Partner.Id) is { } holder ? Conflict(facts, ConflictReason.SameAddress) with { CustomerUid = holder }
                : snapshot.ErasedKeys.Contains(emailKey) ? new PartnerDecision(facts, PartnerStatus.Erased)
                : IsArchivedAndProven(facts) ? Conflict(facts, ConflictReason.Archived)
                : Make(facts, emailKey);
        }

        ConflictReason? conflict = claimant.IsOwned ? ConflictReason.SameAddress
            : claimant.Customer.UserId is not null && snapshot.IsKnown(claimant.Customer.Uid) ? ConflictReason.LinkEnded
            : !facts.Partner.IsActive ? ConflictReason.Archived
            : null;
        return conflict is { } reason ? Conflict(facts, reason) with { Target = claimant } : UpdateFromErp(facts, row, claimant, PartnerOutcome.Adopted);
    }

    private PartnerDecision Make(PartnerFacts facts, string emailKey)
    {
        var target = PartnerTarget.New(facts);
        Made.Add(target);
        snapshot.Claim(emailKey, target);
        // Somebody who has proven the address was here before their record.
        return new PartnerDecision(facts, PartnerStatus.Current)
        {
            Target = target, Outcome = snapshot.ProvenKeys.Contains(emailKey) ? PartnerOutcome.Adopted : PartnerOutcome.Created,
        };
    }

    // Its customer takes the values that the ERP owns, and its address where no account has the record.
    private PartnerDecision UpdateFromErp(PartnerFacts facts, LedgerRow? row, PartnerTarget target, PartnerOutcome outcome)
    {
        var (customer, partner) = (target.Customer, new PartnerKey(source, facts.Partner.Id));
        var conflict = AddressConflict(facts, row, target);
        var claims = conflict is null && customer is { UserId: null } && facts.Email is not null && snapshot.Claimant(facts.Email.Key) != target;
        if (claims)
        {
            snapshot.Release(target);
            snapshot.Claim(facts.Email!.Key, target);
        }

        else if (conflict is null && facts.Email?.Key == customer.EmailKey && customer.EmailKey is { } own)
        {
            snapshot.Claim(own, target); // Whoever comes after it finds it owned.
        }

        var after = ownership.Taken(customer, facts.Values, withAddress: claims && facts.Email!.Key != customer.EmailKey);
        var before = customer.Copy();
        var isChanged = customer.UpdateFromErp(after, partner, ownership.OwnsArchived && !facts.Partner.IsActive, claims, now);
        if (isChanged && target.Before is null)
        {
            target.Before = before;
            Changed.Add(target);
        }

        return new PartnerDecision(facts, conflict is { } reason ? PartnerStatus.Conflict(reason) : PartnerStatus.Current) { Target = target, Outcome = isChanged && conflict is null ? outcome : null };
    }

    // A record whose address is another than its partner's is never current. One without account follows its partner to an address that is free. A person
    // with an account keeps the login, and what the partner said when the two were last in agreement is no conflict.
    private ConflictReason? AddressConflict(PartnerFacts facts, LedgerRow? row, PartnerTarget target)
    {
        var (customer, emailKey) = (target.Customer, facts.Email?.Key);
        if (customer.UserId is not null)
        {
            var isAgreed = emailKey == customer.EmailKey || (row?.EmailKey == emailKey && row?.Status.State is PartnerState.Current or PartnerState.Unseen);
            return isAgreed ? null : ConflictReason.AddressMoved;
        }

        if (emailKey == customer.EmailKey && (emailKey is null || customer.Claim == EmailClaim.Claimed))
        {
            return null;
        }

        // What it claims is not what its partner had before: people have entered it.
        if (emailKey is null || (emailKey != customer.EmailKey && customer.Claim == EmailClaim.Claimed && customer.EmailKey != row?.EmailKey))
        {
            return ConflictReason.AddressMoved;
        }

        return snapshot.Claimant(emailKey) is { } claimant && claimant != target ? ConflictReason.AddressTaken
            : snapshot.ErasedKeys.Contains(emailKey) ? ConflictReason.AddressErased
            : IsArchivedAndProven(facts) ? ConflictReason.Archived
            : null;
    }

    // A person who has proven the address is not given an archived record, which would only be in their way.
    private bool IsArchivedAndProven(PartnerFacts facts) => ownership.OwnsArchived && !facts.Partner.IsActive && snapshot.ProvenKeys.Contains(facts.Email!.Key);

    private static PartnerDecision Conflict(PartnerFacts facts, ConflictReason reason) => new(facts, PartnerStatus.Conflict(reason));
}
