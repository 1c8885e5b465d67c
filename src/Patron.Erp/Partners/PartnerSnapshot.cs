using Patron.Customers.Customers;
using Patron.Customers.Erp;

namespace Patron.Erp.Partners;

/// <summary>A customer that a batch of partners is about: one that is here, or one that the batch makes.</summary>
internal sealed class PartnerTarget
{
    private Customer? customer;

    private PartnerTarget(PartnerFacts? madeOf) => MadeOf = madeOf;

    /// <summary>The partner that a new one is made of.</summary>
    public PartnerFacts? MadeOf { get; }

    /// <summary>The record; of a new one once it is made.</summary>
    public Customer Customer
    {
        get => customer ?? throw new InvalidOperationException("The customer has not been made yet.");
        set => customer = value;
    }

    /// <summary>How a record that changes was before.</summary>
    public Customer? Before { get; set; }

    /// <summary>Whether a partner owns its values.</summary>
    public bool IsOwned => MadeOf is not null || Customer.Partner is not null;

    public static PartnerTarget Of(Customer customer) => new(madeOf: null) { Customer = customer };

    public static PartnerTarget New(PartnerFacts facts) => new(facts);
}

/// <summary>What is here of the partners and addresses of a batch: their lines of the ledger, and the customers they may be about.</summary>
internal sealed class PartnerSnapshot
{
    private readonly Dictionary<string, LedgerRow> rows;
    private readonly Dictionary<Guid, PartnerTarget> targets;
    private readonly Dictionary<string, PartnerTarget> claimants;
    private Dictionary<string, PartnerTarget> claimed = new(StringComparer.Ordinal);
    private readonly ILookup<string, (string Id, Guid CustomerUid, string EmailKey)> holders;
    private readonly HashSet<Guid> known;
    private IReadOnlySet<string> gone = new HashSet<string>();

    public PartnerSnapshot(
        IEnumerable<LedgerRow> rows, IEnumerable<Customer> customers, IEnumerable<(string Id, Guid CustomerUid, string EmailKey)> holders, IEnumerable<Guid> known)
    {
        this.rows = rows.ToDictionary(row => row.Id, StringComparer.Ordinal);
        targets = customers.ToDictionary(customer => customer.Uid, PartnerTarget.Of);
        claimants = targets.Values.Where(target => target.Customer.Claim == EmailClaim.Claimed)
            .ToDictionary(target => target.Customer.EmailKey!, StringComparer.Ordinal);
        this.holders = holders.ToLookup(holder => holder.EmailKey, StringComparer.Ordinal);
        this.known = known.ToHashSet();
    }

    /// <summary>Addresses that were an erased person's.</summary>
    public IReadOnlySet<string> ErasedKeys { get; init; } = new HashSet<string>();

    /// <summary>Addresses that an account has proven.</summary>
    public IReadOnlySet<string> ProvenKeys { get; init; } = new HashSet<string>();

    public LedgerRow? Row(string partner) => rows.GetValueOrDefault(partner);

    /// <summary>Whether the customer is or was some partner's.</summary>
    public bool IsKnown(Guid customer) => known.Contains(customer);

    public PartnerTarget? Target(Guid customer) => targets.GetValueOrDefault(customer);

    /// <summary>Whose address it is, in the home organization.</summary>
    public PartnerTarget? Claimant(string emailKey) => claimants.GetValueOrDefault(emailKey);

    /// <summary>The customer of another partner that has this address in the ERP, where the customer itself has another one.</summary>
    public Guid? FindHolder(string emailKey, string partner)
    {
        foreach (var holder in holders[emailKey])
        {
            if (holder.Id != partner && !gone.Contains(holder.Id))
            {
                return holder.CustomerUid;
            }
        }

        return null;
    }

    public void Claim(string emailKey, PartnerTarget target) => claimants[emailKey] = claimed[emailKey] = target;

    /// <summary>
    /// For a preview, which writes nothing: these addresses have been left, these partners are gone, and these addresses were claimed before. What is
    /// claimed here is added.
    /// </summary>
    public void Assume(IReadOnlySet<LeftAddress> left, IReadOnlySet<string> gonePartners, Dictionary<string, PartnerTarget> claimedBefore, DateTimeOffset now)
    {
        gone = gonePartners;
        foreach (var target in targets.Values)
        {
            var customer = target.Customer;
            var isGone = customer.Partner is { } partner && gone.Contains(partner.Id);
            if (customer is { UserId: null, EmailKey: { } key, Partner: { } own } && (isGone || left.Contains(new LeftAddress(customer.Uid, key, own))))
            {
                Release(target);
            }

            if (isGone)
            {
                customer.LeaveErp(now);
                known.Add(customer.Uid);
            }
        }

        foreach (var (emailKey, target) in claimedBefore)
        {
            claimants[emailKey] = target;
        }

        claimed = claimedBefore;
    }

    /// <summary>The customer no longer claims its address.</summary>
    public void Release(PartnerTarget target)
    {
        if (target.Customer.EmailKey is { } emailKey && Claimant(emailKey) == target)
        {
            claimants.Remove(emailKey);
        }
    }
}
