using Patron.Customers.Accounts;
using Patron.Customers.Erp;
using Patron.Customers.Links;
using Patron.Shared.Text;

namespace Patron.Customers.Customers;

/// <summary>
/// A customer of one organization: how it is called, what people wrote (<see cref="Details"/>), and what follows from it. Times are UTC.
/// Status, activity and verification are computed by the database.
/// </summary>
public sealed partial class Customer
{
    /// <summary>What an answer lacks that could not be completed by the accounts service.</summary>
    internal const string AccountsPart = "accounts";

    private Customer()
    {
    }

    public long Id { get; private set; }

    public Guid Uid { get; private set; }

    public Guid OrganizationId { get; private set; }

    /// <summary>The account this record belongs to, once it is linked.</summary>
    public Guid? UserId { get; private set; }

    /// <summary>How it is known that it does.</summary>
    public LinkEvidence? LinkEvidence { get; private set; }

    public DateTimeOffset? LinkedAt { get; private set; }

    /// <summary>The account that linked it; null where a program or Patron itself did.</summary>
    public Guid? LinkedBy { get; private set; }

    /// <summary>When the person made it their profile (source 3, <c>profile/create</c>).</summary>
    public DateTimeOffset? ProfileCreatedAt { get; private set; }

    /// <summary>This record's <see cref="CustomerId"/> where it answers for one that was merged into it, else null.</summary>
    public string? MergedInto { get; private set; }

    /// <summary>What is missing in this answer because a service was away (<c>accounts</c>); null where nothing is.</summary>
    public IReadOnlyList<string>? Incomplete { get; private set; }

    /// <summary><c>CUST_</c> and 8 upper-case hexadecimal digits, unique everywhere.</summary>
    public string CustomerId { get; private set; } = "";

    /// <summary>The <see cref="CustomerId"/> with a hyphen, as the portal shows it.</summary>
    public string AccountNumber => RecordName.AccountNumberOf(CustomerId);

    /// <summary><c>CUST-00001</c>, counting up in the organization.</summary>
    public string Code { get; private set; } = "";

    public string Username { get; private set; } = "";

    public CustomerDetails Details { get; private set; } = new();

    /// <summary>What the e-mail is compared by.</summary>
    public string? EmailKey { get; private set; }

    public EmailClaim Claim { get; private set; } = EmailClaim.Unclaimed;

    /// <summary>The phone in E.164, where its country code was written.</summary>
    public string? PhoneE164 { get; private set; }

    /// <summary>ISO 3166, two letters, where the country is known.</summary>
    public string? CountryCode { get; private set; }

    public CustomerStatus Status { get; private set; }

    public bool IsActive { get; private set; }

    public DateTimeOffset? DeletedAt { get; private set; }

    public DateTimeOffset? EmailVerifiedAt { get; private set; }

    public DateTimeOffset? PhoneVerifiedAt { get; private set; }

    /// <summary>E-mail or phone is verified.</summary>
    public bool IsVerified { get; private set; }

    public int TotalServices { get; private set; }

    public DateTimeOffset? LastServiceDate { get; private set; }

    public DateTimeOffset CustomerSince { get; private set; }

    public DateTimeOffset? LastLoginAt { get; private set; }

    /// <summary>The ERP's partner whose values this record shows; null where no ERP owns any.</summary>
    public long? ErpPartnerId { get; private set; }

    /// <summary>Archived in the ERP: inactive here, whatever people set.</summary>
    public bool IsArchived { get; private set; }

    public DateTimeOffset? OdooLastSync { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>Raised by every visible change: the ETag.</summary>
    public long Version { get; private set; }

    /// <summary>A record that staff or an API key entered: it claims its address.</summary>
    internal static Customer Enter(Guid organizationId, CustomerDetails details, Identifiers identifiers, DateTimeOffset now)
    {
        var customer = new Customer
        {
            Uid = identifiers.Uid,
            OrganizationId = organizationId,
            CustomerId = identifiers.CustomerId,
            Code = identifiers.Code,
            Username = identifiers.Username,
            CustomerSince = now,
            CreatedAt = now,
        };
        customer.Change(details, now);
        return customer;
    }

    /// <summary>A record that an account has for itself; it claims the address only once that is proven.</summary>
    internal static Customer EnterFor(
        Account account, bool keepsCopies, LinkGrant grant, Guid organizationId, CustomerDetails details, Identifiers identifiers, DateTimeOffset now)
    {
        var customer = Enter(organizationId, details, identifiers, now);
        customer.LinkTo(account, keepsCopies, grant, ErpOwnership.Everything, now); // No ERP knows it yet.
        if (account.EmailVerified)
        {
            customer.ClaimAddress(now);
        }

        customer.Version = 1;
        return customer;
    }

    /// <summary>A record that a partner of the ERP makes: it claims its address, and is not checked, because nothing of the ERP's is lost.</summary>
    internal static Customer EnterFromErp(
        Guid organizationId, CustomerDetails details, Identifiers identifiers, long partnerId, bool isArchived, DateTimeOffset now)
    {
        var customer = Enter(organizationId, details, identifiers, now);
        (customer.ErpPartnerId, customer.IsArchived, customer.OdooLastSync) = (partnerId, isArchived, now);
        return customer;
    }

    /// <summary>Takes over checked details and whatever follows from them; a new address or phone is not verified yet.</summary>
    internal void Change(CustomerDetails after, DateTimeOffset now)
    {
        Take(after, now);
        Touch(now);
    }

    /// <summary>Makes it the account's. Whether it claims the account's address is asked next.</summary>
    internal void LinkTo(Account account, bool keepsCopies, LinkGrant grant, ErpOwnership erp, DateTimeOffset now)
    {
        (UserId, LinkEvidence, LinkedAt, LinkedBy) = (account.UserId, grant.Evidence, now, grant.By);
        Follow(account, keepsCopies, erp, now);
    }

    /// <summary>Shows what its account owns as that is now; a separate customers service keeps nothing of it. A new address claims nothing yet.</summary>
    internal void Follow(Account account, bool keepsCopies, ErpOwnership erp, DateTimeOffset now)
    {
        if (!keepsCopies && Details.IsNamedAfterPerson)
        {
            Username = Usernames.Anonymous();
        }

        Change(keepsCopies ? erp.Kept(this, Details.Of(account)) : Details.WithoutAccount(), now);
    }

    /// <summary>Its account has proven the address.</summary>
    internal void ClaimAddress(DateTimeOffset now)
    {
        Claim = EmailKey is null ? EmailClaim.Unclaimed : EmailClaim.Claimed;
        EmailVerifiedAt ??= now;
    }

    /// <summary>The person has made the record their profile.</summary>
    internal void BecomeProfile(DateTimeOffset now) => ProfileCreatedAt = now;

    /// <summary>Whoever had it typed an address that was not theirs: kept for staff, without account and claim (linking.md, 'Proof').</summary>
    internal void SetAside(DateTimeOffset now)
    {
        (UserId, LinkEvidence, LinkedAt, LinkedBy, ProfileCreatedAt) = (null, null, null, null, null);
        Change(Details with { IsDeleted = true, Name = Details.Name.Length == 0 ? CustomerId : Details.Name }, now);
        Claim = EmailClaim.Released;
    }

    /// <summary>The partner's values are this record's from now on. Returns whether anything is other than it was.</summary>
    internal bool TakeFromErp(CustomerDetails after, long partnerId, bool isArchived, DateTimeOffset now)
    {
        if (after == Details && ErpPartnerId == partnerId && IsArchived == isArchived)
        {
            return false;
        }

        (ErpPartnerId, IsArchived, OdooLastSync) = (partnerId, isArchived, now);
        Change(after, now);
        return true;
    }

    /// <summary>Staff have said whose it is; the partner's values come with the next sync.</summary>
    internal void BelongTo(long partnerId, DateTimeOffset now)
    {
        ErpPartnerId = partnerId;
        Touch(now);
    }

    /// <summary>
    /// The partner is gone: what it said stays and is the record's own. An archived one stays inactive, until staff restore it. Nothing vouches
    /// any more for the address of a record without account.
    /// </summary>
    internal void LeaveErp(DateTimeOffset now)
    {
        EmailVerifiedAt = UserId is null ? null : EmailVerifiedAt;
        var after = Details with { IsDeleted = Details.IsDeleted || IsArchived };
        (ErpPartnerId, IsArchived) = (null, false);
        Change(after, now);
    }

    /// <summary>Takes over what the other has and this has not; identifiers, addresses and history are moved beside it.</summary>
    internal void Absorb(Customer other, CustomerDetails merged, DateTimeOffset now)
    {
        EmailVerifiedAt ??= other.EmailKey == EmailKey ? other.EmailVerifiedAt : null;
        PhoneVerifiedAt ??= other.Details.Phone == Details.Phone ? other.PhoneVerifiedAt : null;
        TotalServices += other.TotalServices;
        LastServiceDate = Later(LastServiceDate, other.LastServiceDate);
        LastLoginAt = Later(LastLoginAt, other.LastLoginAt);
        CustomerSince = CustomerSince <= other.CustomerSince ? CustomerSince : other.CustomerSince;
        ProfileCreatedAt ??= other.ProfileCreatedAt;
        if (ErpPartnerId is null && other.ErpPartnerId is not null)
        {
            (ErpPartnerId, IsArchived, OdooLastSync) = (other.ErpPartnerId, other.IsArchived, other.OdooLastSync);
        }

        Change(merged, now);
    }

    /// <summary>The same, answering for a record that was merged into it.</summary>
    internal Customer ForAbsorbed()
    {
        MergedInto = CustomerId;
        return this;
    }

    /// <summary>A copy with what its account owns, as far as that is known, for an answer. It is never saved.</summary>
    internal Customer Showing(Account? account, bool isComplete)
    {
        var shown = (Customer)MemberwiseClone();
        shown.Incomplete = isComplete ? null : [AccountsPart];
        if (account is not null)
        {
            shown.Details = Details.Of(account);
            shown.PhoneE164 = account.Phone is null ? PhoneE164 : PhoneNumber.ToE164(account.Phone);
        }

        return shown;
    }

    /// <summary>One more service was rendered.</summary>
    internal void CountService(DateTimeOffset now)
    {
        TotalServices++;
        LastServiceDate = now;
        Touch(now);
    }

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other : one;

    private void Take(CustomerDetails after, DateTimeOffset now)
    {
        var before = Details;
        var key = after.Email == before.Email ? EmailKey : EmailAddress.TryParse(after.Email, out var address) ? address.Key : null;
        if (key != EmailKey)
        {
            EmailKey = key;
            Claim = key is null || UserId is not null ? EmailClaim.Unclaimed : EmailClaim.Claimed;
            EmailVerifiedAt = null;
            OdooLastSync = ErpPartnerId is null ? null : OdooLastSync; // What people enter is no longer the ERP's.
        }

        if (after.Phone != before.Phone)
        {
            PhoneE164 = after.Phone is null ? null : PhoneNumber.ToE164(after.Phone);
            PhoneVerifiedAt = null;
        }

        if (after.Address.Country != before.Address.Country)
        {
            CountryCode = Countries.CodeOf(after.Address.Country);
        }

        DeletedAt = after.IsDeleted ? DeletedAt ?? now : null;
        Details = after;
    }

    /// <summary>The record's e-mail address is proven, from now on unless it was before. It says nothing of an account (linking.md, 'Proof').</summary>
    internal void VerifyEmail(DateTimeOffset now)
    {
        if (EmailVerifiedAt is null)
        {
            EmailVerifiedAt = now;
            Touch(now);
        }
    }

    /// <summary>The record's phone is proven, from now on unless it was before.</summary>
    internal void VerifyPhone(DateTimeOffset now)
    {
        if (PhoneVerifiedAt is null)
        {
            PhoneVerifiedAt = now;
            Touch(now);
        }
    }

    /// <summary>The customer has signed in somewhere.</summary>
    internal void SignedIn(DateTimeOffset now)
    {
        LastLoginAt = now;
        Touch(now);
    }

    /// <summary>Something visible has changed, on this row or beside it (another address).</summary>
    internal void Touch(DateTimeOffset now)
    {
        UpdatedAt = now;
        Version++;
    }
}
