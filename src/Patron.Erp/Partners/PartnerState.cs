using Patron.Shared.Text;

namespace Patron.Erp.Partners;

/// <summary>What has become of a partner here (linking.md, 'Amended', partner states).</summary>
public enum PartnerState
{
    /// <summary>Its key is known, and it is still to be read.</summary>
    Unseen,

    /// <summary>Its customer has its address and its values; or staff have said that it is one more partner of its customer.</summary>
    Current,

    /// <summary>It makes no customer (<see cref="SkipReason"/>).</summary>
    Skipped,

    /// <summary>It cannot be brought together with what is here (<see cref="ConflictReason"/>): it is tried again by each run, and staff may settle it.</summary>
    Conflict,

    /// <summary>It could not be read or written: the next run tries again.</summary>
    Error,

    /// <summary>The ERP no longer has it.</summary>
    Gone,

    /// <summary>Its person was erased here: nothing of it is kept but a keyed hash of the address, and no run brings them back.</summary>
    Erased,
}

/// <summary>Why a partner has no customer here (contract, 'Sync').</summary>
internal enum SkipReason
{
    InternalUser,
    ChildContact,
    NoEmail,

    /// <summary>Staff have said that it is nobody's.</summary>
    SetAside,
}

/// <summary>Why staff may have to look at a partner.</summary>
internal enum ConflictReason
{
    /// <summary>Its address is that of another partner's customer.</summary>
    SameAddress,

    /// <summary>Its customer is to have an address that another customer claims.</summary>
    AddressTaken,

    /// <summary>Its address is no longer the one of its customer: it has moved or was emptied there, or people have changed the customer's.</summary>
    AddressMoved,

    /// <summary>Its address is a customer's with an account whose own partner is gone.</summary>
    LinkEnded,

    /// <summary>It is archived, and its address a customer's who is not known to the ERP otherwise, or proven by a person.</summary>
    Archived,

    /// <summary>Its customer was merged into another partner's.</summary>
    Merged,

    /// <summary>Its address has changed to that of a person who was erased here.</summary>
    AddressErased,
}

/// <summary>
/// A partner's state with the reason for it, and every way from one to another:
/// <code>
/// decided:  unseen, skipped, conflict, error -> current, skipped, conflict or erased; current -> current or conflict
/// failed:   all but erased -> error
/// left:     all but erased -> gone
/// returned: gone -> unseen
/// merged:   all but erased and gone -> conflict
/// settled:  conflict -> current (keep), unseen (take) or skipped (ignore); gone -> gone, and nobody's (ignore, merge)
/// erased:   all -> erased
/// </code>
/// There is no other way, and none out of erased: <see cref="Become"/> throws, and the database refuses it too (<c>erp.check_state</c>). Sets of partners
/// go the same ways by the SQL below.
/// </summary>
internal readonly record struct PartnerStatus
{
    /// <summary>The ERP no longer has these partners.</summary>
    public const string LeaveSql = "is_in_erp = false, state = CASE WHEN p.state = 'erased' THEN 'erased' ELSE 'gone' END, reason = NULL";

    /// <summary>The ERP has these partners again.</summary>
    public const string ReturnSql = "is_in_erp = true, state = CASE WHEN p.state = 'gone' THEN 'unseen' ELSE p.state END";

    /// <summary>These partners were erased: nothing of what they said is left.</summary>
    public const string EraseSql = """
        state = 'erased', reason = NULL, customer_uid = NULL, customer_version = NULL, successor_uid = NULL, email_key = NULL, written_at = NULL,
        hash = NULL, facts = NULL, run_id = NULL, outcome = NULL, warnings = NULL
        """;

    private PartnerStatus(PartnerState state, string? reason) => (State, Reason) = (state, reason);

    public PartnerState State { get; }

    public string? Reason { get; }

    public static PartnerStatus Unseen { get; } = new(PartnerState.Unseen, null);

    public static PartnerStatus Current { get; } = new(PartnerState.Current, null);

    public static PartnerStatus Erased { get; } = new(PartnerState.Erased, null);

    /// <summary>Staff have said that it is nobody's, whatever it says from then on.</summary>
    public bool IsSetAside => this == Skipped(SkipReason.SetAside);

    public static PartnerStatus Skipped(SkipReason reason) => new(PartnerState.Skipped, EnumNames<SkipReason>.Of(reason));

    public static PartnerStatus Conflict(ConflictReason reason) => new(PartnerState.Conflict, EnumNames<ConflictReason>.Of(reason));

    /// <summary>As the ledger has it.</summary>
    public static PartnerStatus Read(PartnerState state, string? reason) => new(state, reason);

    public bool Is(ConflictReason reason) => this == Conflict(reason);

    /// <summary>Whether there is a way from one state to the other; each state may stay what it is.</summary>
    public static bool MayBecome(PartnerState from, PartnerState to) => from == to || (from, to) switch
    {
        (PartnerState.Erased, _) => false,
        (_, PartnerState.Erased or PartnerState.Gone or PartnerState.Error) => true,
        (PartnerState.Gone, _) => to == PartnerState.Unseen,
        (_, PartnerState.Unseen) => from == PartnerState.Conflict,
        (PartnerState.Current, _) => to == PartnerState.Conflict,
        _ => true,
    };

    /// <summary>What a run has decided of a partner in this state.</summary>
    public PartnerStatus Become(PartnerStatus decided) =>
        MayBecome(State, decided.State) ? decided : throw new InvalidOperationException($"A partner that is {State} cannot become {decided.State}.");

    /// <summary>What staff have decided; null where there is nothing to settle.</summary>
    public PartnerStatus? Settle(Settlement settlement, bool hasSuccessor) => (State, settlement) switch
    {
        (PartnerState.Conflict, Settlement.Keep) => Current,
        (PartnerState.Conflict, Settlement.Take) => Unseen,
        (PartnerState.Conflict, Settlement.Ignore) => Skipped(SkipReason.SetAside),
        (PartnerState.Gone, Settlement.Ignore) => this,
        (PartnerState.Gone, Settlement.Merge) when hasSuccessor => this,
        _ => null,
    };
}
