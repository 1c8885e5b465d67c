namespace Patron.Customers.Sync;

/// <summary>What is here of the partners and addresses of a page: their lines of the ledger, the customers they may be about.</summary>
internal sealed class LedgerLook
{
    private readonly Dictionary<long, LedgerRow> rows;
    private readonly Dictionary<Guid, PartnerTarget> targets;
    private readonly Dictionary<string, PartnerTarget> claimants;
    private readonly Dictionary<string, Guid> tied;
    private readonly HashSet<Guid> known;
    private readonly IReadOnlySet<string> erasedKeys;

    /// <summary>
    /// The ledger's lines of the page, the locked customers, every line that is tied to one of them or has one of the addresses, and which of the addresses
    /// were an erased person's.
    /// </summary>
    public LedgerLook(
        IEnumerable<LedgerRow> rows, IEnumerable<Customers.Customer> customers, IReadOnlyCollection<LedgerRow> ties, IReadOnlySet<string> erasedKeys)
    {
        this.erasedKeys = erasedKeys;
        this.rows = rows.ToDictionary(row => row.PartnerId);
        targets = customers.ToDictionary(customer => customer.Uid, PartnerTarget.Of);
        claimants = targets.Values.Where(target => target.Customer.Claim == Customers.EmailClaim.Claimed)
            .ToDictionary(target => target.Customer.EmailKey!, StringComparer.Ordinal);
        tied = ties.Where(row => row.EmailKey is not null && row.State != PartnerState.Gone).OrderBy(row => row.PartnerId)
            .DistinctBy(row => row.EmailKey).ToDictionary(row => row.EmailKey!, row => row.CustomerUid!.Value, StringComparer.Ordinal);
        known = ties.Select(row => row.CustomerUid!.Value).ToHashSet();
    }

    public int RowCount => rows.Values.Count(row => row.IsInErp);

    public LedgerRow? Row(long partnerId) => rows.GetValueOrDefault(partnerId);

    public PartnerTarget? Target(Guid customer) => targets.GetValueOrDefault(customer);

    /// <summary>Whose address it is, in the home organization.</summary>
    public PartnerTarget? Claimant(string emailKey) => claimants.GetValueOrDefault(emailKey);

    /// <summary>The customer of a partner that has this address in the ERP, where the customer itself has another one.</summary>
    public Guid? TiedByAddress(string emailKey) => tied.TryGetValue(emailKey, out var customer) ? customer : null;

    /// <summary>Whether some partner, perhaps a gone one, is or was the customer's.</summary>
    public bool IsTied(Guid customer) => known.Contains(customer);

    /// <summary>Whether the address was that of a person who was erased. Whoever was entered with it anew is its claimant.</summary>
    public bool IsErased(string emailKey) => erasedKeys.Contains(emailKey);

    public void Claim(string emailKey, PartnerTarget target) => claimants[emailKey] = target;

    /// <summary>The customer gives its address up, where it is its own.</summary>
    public void Release(PartnerTarget target)
    {
        if (target.Customer.EmailKey is { } emailKey && Claimant(emailKey) == target)
        {
            claimants.Remove(emailKey);
        }
    }
}
