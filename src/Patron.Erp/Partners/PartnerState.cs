using Patron.Shared.Text;

namespace Patron.Erp.Partners;

/// <summary>The state of a partner (linking.md, 'Amended', partner states).</summary>
public enum PartnerState
{
    /// <summary>Its id is known, and it has not been read yet.</summary>
    Unseen,

    /// <summary>Its customer has its address and values, or staff decided that it is an additional partner of its customer.</summary>
    Current,

    /// <summary>It does not become a customer (<see cref="SkipReason"/>).</summary>
    Skipped,

    /// <summary>It cannot be matched (<see cref="ConflictReason"/>). Each run tries again, and staff may settle it.</summary>
    Conflict,

    /// <summary>It could not be read or written. The next run tries again.</summary>
    Error,

    /// <summary>The ERP no longer has it.</summary>
    Gone,

    /// <summary>Its person was erased. Only a keyed hash of the address is stored, and no run imports the person again.</summary>
    Erased,
}

/// <summary>The reason why a partner does not become a customer (contract, 'Sync').</summary>
internal enum SkipReason
{
    InternalUser,
    ChildContact,
    NoEmail,

    /// <summary>Staff decided to ignore it.</summary>
    SetAside,
}

/// <summary>The reason why staff may need to decide about a partner.</summary>
internal enum ConflictReason
{
    /// <summary>Another partner's customer has its address.</summary>
    SameAddress,

    /// <summary>Another customer claims its new address.</summary>
    AddressTaken,

    /// <summary>Its address differs from its customer's: it was changed or emptied in the ERP, or people changed the customer's.</summary>
    AddressMoved,

    /// <summary>Its address belongs to a customer with an account whose own partner is gone.</summary>
    LinkEnded,

    /// <summary>It is archived, and its address belongs to a customer without a partner, or an account has proven it.</summary>
    Archived,

    /// <summary>Its customer was merged into another partner's customer.</summary>
    Merged,

    /// <summary>Its address was changed to that of an erased person.</summary>
    AddressErased,
}

/// <summary>
/// A partner's state with its reason, and all transitions:
/// <code>
/// decided:  unseen, skipped, conflict, error -> current, skipped, conflict or erased; current -> current or conflict
/// failed:   all but erased -> error
/// left:     all but erased -> gone
/// returned: gone -> unseen
/// merged:   all but erased and gone -> conflict
/// settled:  conflict -> current (keep), unseen (take) or skipped (ignore); gone -> gone, without a customer (ignore, merge)
/// erased:   all -> erased
/// </code>
/// Any other transition throws in <see cref="TransitionTo"/>, and the database refuses it too (<c>erp.check_state</c>). The SQL below
/// makes the same transitions for many partners.
/// </summary>
internal readonly record struct PartnerStatus
{
    /// <summary>Marks partners as gone.</summary>
    public const string MarkGoneSql =
        "is_in_erp = false, state = CASE WHEN p.state = 'erased' THEN 'erased' ELSE 'gone' END, reason = NULL";

    /// <summary>Marks partners as present in the ERP again.</summary>
    public const string MarkPresentSql = "is_in_erp = true, state = CASE WHEN p.state = 'gone' THEN 'unseen' ELSE p.state END";

    /// <summary>Erases all data of partners.</summary>
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

    /// <summary>Staff decided to ignore it, whatever its data.</summary>
    public bool IsIgnored => this == Skipped(SkipReason.SetAside);

    public static PartnerStatus Skipped(SkipReason reason) => new(PartnerState.Skipped, EnumNames<SkipReason>.Of(reason));

    public static PartnerStatus Conflict(ConflictReason reason) => new(PartnerState.Conflict, EnumNames<ConflictReason>.Of(reason));

    /// <summary>The stored state.</summary>
    public static PartnerStatus Read(PartnerState state, string? reason) => new(state, reason);

    public bool Is(ConflictReason reason) => this == Conflict(reason);

    /// <summary>Whether the transition is allowed; each state may stay unchanged.</summary>
    public static bool CanTransition(PartnerState from, PartnerState to) => from == to || (from, to) switch
    {
        (PartnerState.Erased, _) => false,
        (_, PartnerState.Erased or PartnerState.Gone or PartnerState.Error) => true,
        (PartnerState.Gone, _) => to == PartnerState.Unseen,
        (_, PartnerState.Unseen) => from == PartnerState.Conflict,
        (PartnerState.Current, _) => to == PartnerState.Conflict,
        _ => true,
    };

    /// <summary>The transition to the state that a run has decided.</summary>
    public PartnerStatus TransitionTo(PartnerStatus decided) =>
        CanTransition(State, decided.State)
            ? decided
            : throw new InvalidOperationException($"A partner that is {State} cannot become {decided.State}.");

    /// <summary>The transition for a decision of staff; null where the decision does not apply.</summary>
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
