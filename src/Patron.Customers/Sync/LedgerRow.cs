using Patron.Customers.Customers;

namespace Patron.Customers.Sync;

/// <summary>What has become of a partner here (linking.md, 'Sync, ledger and figures').</summary>
public enum PartnerState
{
    /// <summary>Its number is known and it has not been read yet.</summary>
    Unseen,
    Current,
    Skipped,

    /// <summary>It is tied to a customer that is another partner's, or cannot be brought together with what is here: staff decide.</summary>
    Conflict,

    /// <summary>It could not be read or written: the next run tries again.</summary>
    Error,

    /// <summary>The ERP has it no more.</summary>
    Gone,

    /// <summary>Its person was erased here: nothing of it is kept, and no sync brings them back.</summary>
    Erased,
}

/// <summary>Why staff have to look at a partner.</summary>
internal enum ConflictReason
{
    /// <summary>Its address is that of another partner's customer.</summary>
    SameAddress,

    /// <summary>Its address has changed to one that another customer claims.</summary>
    AddressTaken,

    /// <summary>Its address is no longer the one by which its customer is reached or came: moved, or emptied.</summary>
    AddressMoved,

    /// <summary>Its address is a customer's whose own partner is gone.</summary>
    LinkEnded,

    /// <summary>It is archived, and its address a customer's who is not known to the ERP otherwise.</summary>
    Archived,

    /// <summary>Its customer was merged into another partner's.</summary>
    Merged,

    /// <summary>Its address has changed to that of a person who was erased here.</summary>
    AddressErased,
}

/// <summary>What a partner's last change in a run was.</summary>
internal enum PartnerOutcome
{
    Created,
    Updated,

    /// <summary>A customer that was here before is the partner's now; counted among the updated.</summary>
    Adopted,
}

/// <summary>A line of the ledger, as far as the next reading of its partner needs it.</summary>
internal sealed record LedgerRow(long PartnerId, PartnerState State, string? Reason, Guid? CustomerUid, string? EmailKey, byte[]? Hash, bool IsInErp, bool IsCustomerAsItWas)
{
    /// <summary>Whether the other says the same of what has become of the partner.</summary>
    public bool IsLike(LedgerRow other) => (State, Reason, CustomerUid, EmailKey) == (other.State, other.Reason, other.CustomerUid, other.EmailKey);

    /// <summary>Nothing is new: the partner says the same, its customer is there and, where everything is to be set right, as the last run left it.</summary>
    public bool IsAsRead(PartnerFacts facts, bool full) => facts.IsLike(Hash) && State switch
    {
        PartnerState.Current => IsCustomerAsItWas || !full,
        PartnerState.Skipped or PartnerState.Conflict => true,
        _ => false,
    };
}

/// <summary>A customer that a page of partners is about: one that is here, or one that the page makes.</summary>
internal sealed class PartnerTarget
{
    private Customer? customer;

    private PartnerTarget(PartnerFacts? madeOf) => MadeOf = madeOf;

    /// <summary>The partner that a new one is made of.</summary>
    public PartnerFacts? MadeOf { get; }

    /// <summary>The record; of a new one once it has its identifiers.</summary>
    public Customer Customer
    {
        get => customer ?? throw new InvalidOperationException("The customer has no identifiers yet.");
        set => customer = value;
    }

    /// <summary>How a record that changes was before.</summary>
    public Customer? Before { get; set; }

    /// <summary>Whether a partner owns it.</summary>
    public bool IsOwned => MadeOf is not null || Customer.ErpPartnerId is not null;

    public static PartnerTarget Of(Customer customer) => new(madeOf: null) { Customer = customer };

    public static PartnerTarget New(PartnerFacts facts) => new(facts);
}

/// <summary>What becomes of one partner of a page.</summary>
internal sealed record PartnerDecision(PartnerFacts Facts, PartnerState State)
{
    public string? Reason { get; init; }

    /// <summary>Its line as it was read; null for a new one.</summary>
    public LedgerRow? Row { get; init; }

    /// <summary>The customer it is tied to, if that is here or made by the page.</summary>
    public PartnerTarget? Target { get; init; }

    /// <summary>The customer it is tied to, where its record is not touched.</summary>
    public Guid? CustomerUid { get; init; }

    public PartnerOutcome? Outcome { get; init; }

    /// <summary>Nothing is written of it.</summary>
    public bool IsKnown { get; init; }
}
