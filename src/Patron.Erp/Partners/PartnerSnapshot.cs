using Patron.Customers.Customers;
using Patron.Customers.Erp;

namespace Patron.Erp.Partners;

/// <summary>A customer that a batch of partners concerns: an existing one, or one that the batch creates.</summary>
internal sealed class PartnerTarget
{
    private Customer? customer;

    private PartnerTarget(PartnerData? createdFrom) => CreatedFrom = createdFrom;

    /// <summary>The partner from which a new one is created.</summary>
    public PartnerData? CreatedFrom { get; }

    /// <summary>The record; a new one is set when it is created.</summary>
    public Customer Customer
    {
        get => customer ?? throw new InvalidOperationException("The customer has not been made yet.");
        set => customer = value;
    }

    /// <summary>The record before its change.</summary>
    public Customer? Before { get; set; }

    /// <summary>Whether a partner owns the record's values.</summary>
    public bool IsOwned => CreatedFrom is not null || Customer.Partner is not null;

    public static PartnerTarget Of(Customer customer) => new(createdFrom: null) { Customer = customer };

    public static PartnerTarget New(PartnerData data) => new(data);
}

/// <summary>The existing data for a batch of partners: their ledger rows, and the customers that they may concern.</summary>
internal sealed class PartnerSnapshot
{
    private readonly Dictionary<string, LedgerRow> rows;
    private readonly Dictionary<Guid, PartnerTarget> targets;
    private readonly Dictionary<string, PartnerTarget> claimants;
    private Dictionary<string, PartnerTarget> claimed = new(StringComparer.Ordinal);
    private readonly ILookup<string, (string Id, Guid CustomerUid, string EmailKey)> holders;
    private readonly HashSet<Guid> everLinked;
    private IReadOnlySet<string> gonePartnerIds = new HashSet<string>();

    public PartnerSnapshot(
        IEnumerable<LedgerRow> rows, IEnumerable<Customer> customers, IEnumerable<(string Id, Guid CustomerUid, string EmailKey)> holders,
        IEnumerable<Guid> everLinked)
    {
        this.rows = rows.ToDictionary(row => row.Id, StringComparer.Ordinal);
        targets = customers.ToDictionary(customer => customer.Uid, PartnerTarget.Of);
        claimants = targets.Values.Where(target => target.Customer.Claim == EmailClaim.Claimed)
            .ToDictionary(target => target.Customer.EmailKey!, StringComparer.Ordinal);
        this.holders = holders.ToLookup(holder => holder.EmailKey, StringComparer.Ordinal);
        this.everLinked = everLinked.ToHashSet();
    }

    /// <summary>Addresses that belonged to an erased person.</summary>
    public IReadOnlySet<string> ErasedKeys { get; init; } = new HashSet<string>();

    /// <summary>Addresses that an account has proven.</summary>
    public IReadOnlySet<string> ProvenKeys { get; init; } = new HashSet<string>();

    public LedgerRow? Row(string partner) => rows.GetValueOrDefault(partner);

    /// <summary>Whether the customer is or was linked to a partner.</summary>
    public bool WasEverLinked(Guid customer) => everLinked.Contains(customer);

    public PartnerTarget? Target(Guid customer) => targets.GetValueOrDefault(customer);

    /// <summary>The customer that claims the address, in the home organization.</summary>
    public PartnerTarget? Claimant(string emailKey) => claimants.GetValueOrDefault(emailKey);

    /// <summary>
    /// The customer of another partner that has this address in the ERP, where the customer itself has a different address.
    /// </summary>
    public Guid? FindHolder(string emailKey, string partner)
    {
        foreach (var holder in holders[emailKey])
        {
            if (holder.Id != partner && !gonePartnerIds.Contains(holder.Id))
            {
                return holder.CustomerUid;
            }
        }

        return null;
    }

    public void Claim(string emailKey, PartnerTarget target) => claimants[emailKey] = claimed[emailKey] = target;

    /// <summary>
    /// For a preview, which does not write: applies removed addresses, gone partners, and the addresses that earlier batches claimed.
    /// Claims of this batch are added.
    /// </summary>
    public void Assume(
        IReadOnlySet<RemovedAddress> removed, IReadOnlySet<string> goneIds, Dictionary<string, PartnerTarget> claimedBefore,
        DateTimeOffset now)
    {
        gonePartnerIds = goneIds;
        foreach (var target in targets.Values)
        {
            var customer = target.Customer;
            var isGone = customer.Partner is { } partner && gonePartnerIds.Contains(partner.Id);
            if (customer is { UserId: null, EmailKey: { } key, Partner: { } own }
                && (isGone || removed.Contains(new RemovedAddress(customer.Uid, key, own))))
            {
                Release(target);
            }

            if (isGone)
            {
                customer.UnlinkPartner(now);
                everLinked.Add(customer.Uid);
            }
        }

        foreach (var (emailKey, target) in claimedBefore)
        {
            claimants[emailKey] = target;
        }

        claimed = claimedBefore;
    }

    public void Release(PartnerTarget target)
    {
        if (target.Customer.EmailKey is { } emailKey && Claimant(emailKey) == target)
        {
            claimants.Remove(emailKey);
        }
    }
}
