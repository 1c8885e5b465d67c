using Patron.Customers.Customers;

namespace Patron.Customers.Links;

/// <summary>What has become of an offer (linking.md, 'Offer').</summary>
public enum OfferState
{
    Offered,
    Linked,
    Declined,
    Withdrawn,
    Expired,
}

/// <summary>How an offer's maker named the account: only who knew its number may learn what became of it.</summary>
public enum OfferNaming
{
    User,
    Address,
}

/// <summary>
/// A link that the person has not agreed to: until they do, the record shows only what its maker typed. Open for 30 days; an account has
/// at most one open offer in an organization, and so has a record.
/// </summary>
public sealed class Offer
{
    public static readonly TimeSpan Life = TimeSpan.FromDays(30);

    private Offer()
    {
    }

    public long Id { get; private set; }

    public Guid OrganizationId { get; private set; }

    public Guid UserId { get; private set; }

    public Guid CustomerUid { get; private set; }

    public OfferState State { get; private set; }

    public OfferNaming NamedBy { get; private set; }

    public DateTimeOffset MadeAt { get; private set; }

    /// <summary>The account that made it; null where a key or Patron itself did.</summary>
    public Guid? MadeBy { get; private set; }

    public DateTimeOffset ExpiresAt { get; private set; }

    public DateTimeOffset? AnsweredAt { get; private set; }

    /// <summary>Whether the offered record is among the locked ones and can still become the account's.</summary>
    internal bool IsOf(IReadOnlyList<Customer> locked) =>
        locked.Any(customer => customer.Uid == CustomerUid && customer.UserId is null && !customer.Details.IsDeleted);
}
