using Patron.Customers.Customers;
using Patron.Shared.Database;

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
internal sealed record Offer(long Id, Guid OrganizationId, Guid UserId, Guid CustomerUid, DateTimeOffset ExpiresAt)
{
    public static readonly TimeSpan Life = TimeSpan.FromDays(30);

    public static Offer Read(RowCursor row) => new(row.Long(), row.Uuid(), row.Uuid(), row.Uuid(), row.Time());

    /// <summary>Whether the offered record is among the locked ones and can still become the account's.</summary>
    public bool IsOf(IReadOnlyList<Customer> locked) =>
        locked.Any(customer => customer.Uid == CustomerUid && customer.UserId is null && !customer.IsDeleted);
}
