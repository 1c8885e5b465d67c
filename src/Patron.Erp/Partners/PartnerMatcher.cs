using Patron.Customers.Customers;
using Patron.Customers.Erp;

namespace Patron.Erp.Partners;

/// <summary>
/// Matches partners with customers, one after the other by rank (linking.md, 'Sync' and 'Amended'). Addresses that partners no longer have
/// were released before; an address that a partner claims here is taken for the following ones. It does not write to the database; changed
/// records are changed in memory.
/// </summary>
internal sealed class PartnerMatcher(string source, ErpOwnership ownership, PartnerSnapshot snapshot, DateTimeOffset now)
{
    /// <summary>The changed records, and the records to create.</summary>
    public List<PartnerTarget> Changed { get; } = [];

    public List<PartnerTarget> Created { get; } = [];

    public PartnerDecision Decide(PartnerData data)
    {
        var row = snapshot.Row(data.Partner.Id);
        var decision = row?.CustomerUid is { } uid && snapshot.Target(uid) is { } target
            ? DecideLinked(data, row, target)
            : DecideUnlinked(data, row);
        return decision with { Row = row, Status = row?.Status.TransitionTo(decision.Status) ?? decision.Status };
    }

    private PartnerDecision DecideLinked(PartnerData data, LedgerRow row, PartnerTarget target)
    {
        if (Owns(row, target))
        {
            return UpdateFromErp(data, row, target, PartnerOutcome.Updated);
        }

        if (row.Status == PartnerStatus.Current || row.Status.Is(ConflictReason.Merged))
        {
            return new PartnerDecision(data, row.Status) { CustomerUid = row.CustomerUid };
        }

        // An additional partner of a customer is matched by its address, which may be free by now.
        return DecideUnlinked(data, row);
    }

    private PartnerDecision DecideUnlinked(PartnerData data, LedgerRow? row)
    {
        if (row is { Status: var status } && (status == PartnerStatus.Erased || status.IsIgnored))
        {
            return new PartnerDecision(data, status);
        }

        return data.Skip is { } reason
            ? new PartnerDecision(data, PartnerStatus.Skipped(reason))
            : MatchByEmail(data, row, data.Email!.Key);
    }

    // A partner that returns to the ERP owns its former customer again, unless the customer has another partner now.
    private bool Owns(LedgerRow row, PartnerTarget target) =>
        target.Customer.Partner == new PartnerKey(source, row.Id)
            || (row.Status.State == PartnerState.Unseen && target.Customer.Partner is null);

    // No linked customer: match by email address.
    private PartnerDecision MatchByEmail(PartnerData data, LedgerRow? row, string emailKey)
    {
        if (snapshot.Claimant(emailKey) is not { } claimant)
        {
            return MatchUnclaimed(data, emailKey);
        }

        return AdoptionConflict(data, claimant) is { } reason
            ? Conflict(data, reason) with { Target = claimant }
            : UpdateFromErp(data, row, claimant, PartnerOutcome.Adopted);
    }

    private PartnerDecision MatchUnclaimed(PartnerData data, string emailKey)
    {
        if (snapshot.FindHolder(emailKey, data.Partner.Id) is { } holder)
        {
            return Conflict(data, ConflictReason.SameAddress) with { CustomerUid = holder };
        }

        if (snapshot.ErasedKeys.Contains(emailKey))
        {
            return new PartnerDecision(data, PartnerStatus.Erased);
        }

        return IsArchivedAndProven(data) ? Conflict(data, ConflictReason.Archived) : Create(data, emailKey);
    }

    private ConflictReason? AdoptionConflict(PartnerData data, PartnerTarget claimant)
    {
        if (claimant.IsOwned)
        {
            return ConflictReason.SameAddress;
        }

        if (claimant.Customer.UserId is not null && snapshot.WasEverLinked(claimant.Customer.Uid))
        {
            return ConflictReason.LinkEnded;
        }

        return data.Partner.IsActive ? null : ConflictReason.Archived;
    }

    private PartnerDecision Create(PartnerData data, string emailKey)
    {
        var target = PartnerTarget.New(data);
        Created.Add(target);
        snapshot.Claim(emailKey, target);
        // An account that has proven the address existed before the record.
        return new PartnerDecision(data, PartnerStatus.Current)
        {
            Target = target, Outcome = snapshot.ProvenKeys.Contains(emailKey) ? PartnerOutcome.Adopted : PartnerOutcome.Created,
        };
    }

    // Updates the customer with the owned values, and with the address if the record has no account.
    private PartnerDecision UpdateFromErp(PartnerData data, LedgerRow? row, PartnerTarget target, PartnerOutcome outcome)
    {
        var (customer, partner) = (target.Customer, new PartnerKey(source, data.Partner.Id));
        var conflict = AddressConflict(data, row, target);
        var claims = conflict is null && customer is { UserId: null } && data.Email is not null
            && snapshot.Claimant(data.Email.Key) != target;
        if (claims)
        {
            snapshot.Release(target);
            snapshot.Claim(data.Email!.Key, target);
        }

        else if (conflict is null && data.Email?.Key == customer.EmailKey && customer.EmailKey is { } own)
        {
            snapshot.Claim(own, target); // Marks the address as owned for the following partners.
        }

        var after = ownership.WithErpValues(customer, data.Values, withAddress: claims && data.Email!.Key != customer.EmailKey);
        var before = customer.Copy();
        var isChanged = customer.UpdateFromErp(after, partner, ownership.OwnsArchived && !data.Partner.IsActive, claims, now);
        if (isChanged && target.Before is null)
        {
            target.Before = before;
            Changed.Add(target);
        }

        return new PartnerDecision(
            data,
            conflict is { } reason
                ? PartnerStatus.Conflict(reason)
                : PartnerStatus.Current)
                {
                    Target = target,
                    Outcome = isChanged && conflict is null ? outcome : null,
                };
    }

    // A record whose address differs from its partner's is never current. A record without account takes the partner's address if it is
    // free. A person with an account keeps the login; a difference that already existed when both were last in sync is not a conflict.
    private ConflictReason? AddressConflict(PartnerData data, LedgerRow? row, PartnerTarget target)
    {
        var (customer, emailKey) = (target.Customer, data.Email?.Key);
        if (customer.UserId is not null)
        {
            var isAgreed = emailKey == customer.EmailKey
                || (row?.EmailKey == emailKey && row?.Status.State is PartnerState.Current or PartnerState.Unseen);
            return isAgreed ? null : ConflictReason.AddressMoved;
        }

        if (emailKey == customer.EmailKey && (emailKey is null || customer.Claim == EmailClaim.Claimed))
        {
            return null;
        }

        // The claimed address is not the partner's former one, so people have entered it.
        if (emailKey is null
            || (emailKey != customer.EmailKey && customer.Claim == EmailClaim.Claimed && customer.EmailKey != row?.EmailKey))
        {
            return ConflictReason.AddressMoved;
        }

        if (snapshot.Claimant(emailKey) is { } claimant && claimant != target)
        {
            return ConflictReason.AddressTaken;
        }

        if (snapshot.ErasedKeys.Contains(emailKey))
        {
            return ConflictReason.AddressErased;
        }

        return IsArchivedAndProven(data) ? ConflictReason.Archived : null;
    }

    // Do not link an archived record to a person who has proven the address: it would only be in their way.
    private bool IsArchivedAndProven(PartnerData data) =>
        ownership.OwnsArchived && !data.Partner.IsActive && snapshot.ProvenKeys.Contains(data.Email!.Key);

    private static PartnerDecision Conflict(PartnerData data, ConflictReason reason) => new(data, PartnerStatus.Conflict(reason));
}
