using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Shared.Database;
using Patron.Shared.Text;

namespace Patron.Customers.Sync;

/// <summary>
/// Decides what becomes of the partners of a page, in their order, from what is here (linking.md, 'Sync, ledger and figures'). It writes
/// nothing; records that change are changed in memory.
/// </summary>
internal sealed class PartnerDecider(ErpOwnership ownership, LedgerLook look, IReadOnlySet<string> provenKeys, bool full, DateTimeOffset now)
{
    /// <summary>The records that are changed, and those that are to be made.</summary>
    public List<PartnerTarget> Changed { get; } = [];

    public List<PartnerTarget> Made { get; } = [];

    /// <summary>Takes the partner for one that an earlier page has made.</summary>
    public void Remember(PartnerFacts facts) => look.Claim(facts.Email!.Key, PartnerTarget.New(facts));

    /// <summary>How many lines of the ledger the page is about.</summary>
    public int KnownRows => look.RowCount;

    public PartnerDecision Decide(PartnerFacts facts)
    {
        var row = look.Row(facts.Partner.Id);
        return Decide(facts, row) with { Row = row };
    }

    private PartnerDecision Decide(PartnerFacts facts, LedgerRow? row) => row switch
    {
        { State: PartnerState.Erased } => new PartnerDecision(facts, PartnerState.Erased) { IsKnown = true },
        { } known when known.IsAsRead(facts, full) => new PartnerDecision(facts, known.State) { Reason = known.Reason, CustomerUid = known.CustomerUid, IsKnown = true },
        { CustomerUid: { } uid } tied when look.Target(uid) is { } target && Owns(tied, target) => Take(facts, tied, target, PartnerOutcome.Updated),
        { CustomerUid: { } uid } tied => Tied(facts, tied, uid),
        _ when row?.Reason == Text(SkipReason.SetAside) => Skipped(facts, SkipReason.SetAside), // Whatever the partner says from then on.
        _ when facts.Skip is { } reason => Skipped(facts, reason),
        _ => Meet(facts, facts.Email!.Key),
    };

    // A partner that comes back is its old customer's again, unless another one is meanwhile.
    private static bool Owns(LedgerRow row, PartnerTarget target) =>
        target.Customer.ErpPartnerId == row.PartnerId || (row.State == PartnerState.Gone && target.Customer.ErpPartnerId is null);

    // One of several partners of a customer: it waits for staff, unless they have said that this is right.
    private static PartnerDecision Tied(PartnerFacts facts, LedgerRow row, Guid customer) => row.State == PartnerState.Current
        ? new PartnerDecision(facts, PartnerState.Current) { CustomerUid = customer }
        : new PartnerDecision(facts, PartnerState.Conflict) { CustomerUid = customer, Reason = row.Reason ?? Text(ConflictReason.SameAddress) };

    private static PartnerDecision Skipped(PartnerFacts facts, SkipReason reason) => new(facts, PartnerState.Skipped) { Reason = Text(reason) };

    // No linked customer: match by e-mail address.
    private PartnerDecision Meet(PartnerFacts facts, string key)
    {
        if (look.Claimant(key) is not { } claimant)
        {
            return look.TiedByAddress(key) is { } tied ? new PartnerDecision(facts, PartnerState.Conflict) { CustomerUid = tied, Reason = Text(ConflictReason.SameAddress) }
                : look.IsErased(key) ? new PartnerDecision(facts, PartnerState.Erased)
                : Make(facts, key);
        }

        ConflictReason? conflict = claimant.IsOwned ? ConflictReason.SameAddress
            : look.IsTied(claimant.Customer.Uid) ? ConflictReason.LinkEnded
            : !facts.Partner.IsActive ? ConflictReason.Archived
            : null;
        return conflict is { } reason
            ? new PartnerDecision(facts, PartnerState.Conflict) { Target = claimant, Reason = Text(reason) }
            : Take(facts, row: null, claimant, PartnerOutcome.Adopted);
    }

    private PartnerDecision Make(PartnerFacts facts, string key)
    {
        var target = PartnerTarget.New(facts);
        Made.Add(target);
        look.Claim(key, target);
        // Somebody who has proven the address was here before their record.
        return new PartnerDecision(facts, PartnerState.Current) { Target = target, Outcome = provenKeys.Contains(key) ? PartnerOutcome.Adopted : PartnerOutcome.Created };
    }

    // Its customer takes the values that the ERP owns.
    private PartnerDecision Take(PartnerFacts facts, LedgerRow? row, PartnerTarget target, PartnerOutcome outcome)
    {
        var customer = target.Customer;
        var after = ownership.Taken(customer, facts.Values);
        var conflict = AddressConflict(facts.Email?.Key, row, target);
        if (conflict is null && customer.UserId is null && facts.Email is { } email && email.Key != customer.EmailKey)
        {
            look.Release(target);
            look.Claim(email.Key, target);
            after.Email = email.Text;
        }

        var before = customer.Copy();
        var isChanged = customer.UpdateFromErp(after, facts.Partner.Id, ownership.OwnsArchived && !facts.Partner.IsActive, now);
        if (isChanged)
        {
            target.Before = before;
            Changed.Add(target);
        }

        return new PartnerDecision(facts, conflict is null ? PartnerState.Current : PartnerState.Conflict)
        {
            Target = target,
            Reason = conflict is { } reason ? Text(reason) : null,
            Outcome = isChanged ? outcome : null,
        };
    }

    // A record whose address is another than its partner's waits for staff (decision 0013). It follows a new address while nobody has an account with
    // it; a linked person's login stays, and so does what was agreed on before. 'Unseen' is a partner that staff have just said is the customer's.
    private ConflictReason? AddressConflict(string? key, LedgerRow? row, PartnerTarget target)
    {
        var customer = target.Customer;
        if (key == customer.EmailKey)
        {
            return null;
        }

        if (customer.UserId is not null)
        {
            return row is { State: PartnerState.Current or PartnerState.Unseen } && row.EmailKey == key ? null : ConflictReason.AddressMoved;
        }

        if (key is null || (row?.EmailKey != customer.EmailKey && row?.State != PartnerState.Unseen))
        {
            return ConflictReason.AddressMoved;
        }

        if (look.Claimant(key) is { } claimant)
        {
            return claimant == target ? null : ConflictReason.AddressTaken;
        }

        return look.IsErased(key) ? ConflictReason.AddressErased : null;
    }

    private static string Text<T>(T reason)
        where T : struct, Enum => Words<T>.Of(reason);
}
