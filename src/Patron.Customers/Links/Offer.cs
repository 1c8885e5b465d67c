using Patron.Customers.Customers;
using Patron.Shared.Database;

namespace Patron.Customers.Links;

/// <summary>The state of an offer (linking.md, 'Offer').</summary>
public enum OfferState
{
    Offered,
    Linked,
    Declined,
    Withdrawn,
    Expired,
}

/// <summary>How the account was named when the offer was made. Only somebody who knew its id may see the outcome.</summary>
public enum NamedBy
{
    User,
    Address,
}

/// <summary>
/// A proposed link that the account's owner has not accepted: until then the record shows only what its creator entered. Open for 30 days;
/// an account has at most one open offer in an organization, and so has a record.
/// </summary>
internal sealed record Offer(long Id, Guid OrganizationId, Guid UserId, Guid CustomerUid, DateTimeOffset ExpiresAt)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    public static Offer Read(RowCursor row) => new(row.Long(), row.Uuid(), row.Uuid(), row.Uuid(), row.Time());

    /// <summary>Whether the offered record is among these locked ones and can still be linked.</summary>
    public bool CanStillBeLinked(IReadOnlyList<Customer> locked) =>
        locked.Any(customer => customer.Uid == CustomerUid && customer.UserId is null && !customer.IsDeleted);
}
