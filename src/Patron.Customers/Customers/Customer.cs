using Patron.Customers.Accounts;
using Patron.Customers.Addresses;
using Patron.Customers.Links;
using Patron.Shared.Text;

namespace Patron.Customers.Customers;

/// <summary>
/// A customer of one organization. What each property is, who writes it and where it is shown is declared once, in <see cref="CustomerSchema"/>; this
/// class decides what follows from a change. Times are UTC. Lists read only the fields that lists show.
/// </summary>
public sealed class Customer
{
    public const string DefaultGroup = "Individual";
    public const string DefaultTerritory = "All Territories";

    internal Customer()
    {
    }

    public long Id { get; internal set; }

    public Guid Uid { get; internal set; }

    public Guid OrganizationId { get; internal set; }

    /// <summary><c>CUST_</c> and 8 upper-case hexadecimal digits, unique everywhere.</summary>
    public string CustomerId { get; internal set; } = "";

    /// <summary>The <see cref="CustomerId"/> with a hyphen, as the portal shows it.</summary>
    public string AccountNumber => RecordName.AccountNumberOf(CustomerId);

    /// <summary><c>CUST-00001</c>, counting up in the organization.</summary>
    public string Code { get; internal set; } = "";

    public string Username { get; internal set; } = "";

    /// <summary>Empty for a company or a record that has only a <see cref="Name"/>.</summary>
    public string FirstName { get; internal set; } = "";

    public string LastName { get; internal set; } = "";

    /// <summary>Display or company name. Left empty it follows the names or the company name.</summary>
    public string Name { get; internal set; } = "";

    /// <summary>How the person wants to be called; null where they have not said.</summary>
    public string? PreferredName { get; internal set; }

    public CustomerType CustomerType { get; internal set; }

    public string? Email { get; internal set; }

    public string? Phone { get; internal set; }

    public string? Mobile { get; internal set; }

    public DateOnly? DateOfBirth { get; internal set; }

    public string? Gender { get; internal set; }

    public string? CompanyName { get; internal set; }

    public string? BusinessType { get; internal set; }

    public string? TaxId { get; internal set; }

    public string? Website { get; internal set; }

    public string? Reference { get; internal set; }

    public string CustomerGroup { get; internal set; } = DefaultGroup;

    public string Territory { get; internal set; } = DefaultTerritory;

    public bool IsPrimaryContact { get; internal set; }

    public string? AddressLine1 { get; internal set; }

    public string? AddressLine2 { get; internal set; }

    public string? City { get; internal set; }

    public string? State { get; internal set; }

    public string? PostalCode { get; internal set; }

    public string? Country { get; internal set; }

    public string? EmergencyContactName { get; internal set; }

    public string? EmergencyContactPhone { get; internal set; }

    public string? EmergencyContactRelationship { get; internal set; }

    public bool MarketingEmails { get; internal set; } = true;

    public bool MarketingSms { get; internal set; }

    public ContactMethod? PreferredContactMethod { get; internal set; }

    /// <summary>A JSON object.</summary>
    public string NotificationPreferences { get; internal set; } = "{}";

    public string? Notes { get; internal set; }

    /// <summary>A set, in the order of first mention.</summary>
    public IReadOnlyList<string> Tags { get; internal set; } = [];

    /// <summary>What the record counts as while it is neither blocked, deleted nor archived.</summary>
    public CustomerStanding Standing { get; internal set; }

    public bool IsBlocked { get; internal set; }

    /// <summary>Soft-deleted: kept, seen by staff only.</summary>
    public bool IsDeleted { get; internal set; }

    public DateTimeOffset? DeletedAt { get; internal set; }

    /// <summary>The customer deleted it, and may take that back; staff may always.</summary>
    public bool IsDeletedByCustomer { get; internal set; }

    /// <summary>The account this record belongs to, once it is linked.</summary>
    public Guid? UserId { get; internal set; }

    /// <summary>How it is known that it does.</summary>
    public LinkEvidence? LinkEvidence { get; internal set; }

    public DateTimeOffset? LinkedAt { get; internal set; }

    /// <summary>The account that linked it; null where a program or Patron itself did.</summary>
    public Guid? LinkedBy { get; internal set; }

    /// <summary>When the person made it their profile (source 3, <c>profile/create</c>).</summary>
    public DateTimeOffset? ProfileCreatedAt { get; internal set; }

    /// <summary>What the e-mail is compared by.</summary>
    public string? EmailKey { get; internal set; }

    public EmailClaim Claim { get; internal set; } = EmailClaim.Unclaimed;

    /// <summary>The phone in E.164, where its country code was written.</summary>
    public string? PhoneE164 { get; internal set; }

    /// <summary>ISO 3166, two letters, where the country is known.</summary>
    public string? CountryCode { get; internal set; }

    public DateTimeOffset? EmailVerifiedAt { get; internal set; }

    public DateTimeOffset? PhoneVerifiedAt { get; internal set; }

    public int TotalServices { get; internal set; }

    public DateTimeOffset? LastServiceDate { get; internal set; }

    public DateTimeOffset CustomerSince { get; internal set; }

    public DateTimeOffset? LastLoginAt { get; internal set; }

    /// <summary>The ERP's partner whose values this record shows; null where no ERP owns any.</summary>
    public long? ErpPartnerId { get; internal set; }

    /// <summary>Archived in the ERP: inactive here, whatever people set.</summary>
    public bool IsArchived { get; internal set; }

    public DateTimeOffset? OdooLastSync { get; internal set; }

    public DateTimeOffset CreatedAt { get; internal set; }

    public DateTimeOffset UpdatedAt { get; internal set; }

    /// <summary>Raised by every visible change: the ETag.</summary>
    public long Version { get; internal set; }

    /// <summary>Computed by the database.</summary>
    public CustomerStatus Status { get; internal set; }

    /// <summary>Computed by the database.</summary>
    public bool IsActive { get; internal set; }

    /// <summary>E-mail or phone is verified. Computed by the database.</summary>
    public bool IsVerified { get; internal set; }

    /// <summary>This record's <see cref="CustomerId"/> where it answers for one that was merged into it, else null.</summary>
    public string? MergedInto { get; private set; }

    /// <summary>What is missing in this answer because a service was away (<c>accounts</c>); null where nothing is.</summary>
    public IReadOnlyList<string>? Incomplete { get; private set; }

    /// <summary>An individual's first and last name, else the name; a company's is always its name (linking.md, 'Ownership').</summary>
    public string FullName => CustomerType == CustomerType.Individual && $"{FirstName} {LastName}".Trim() is { Length: > 0 } personal ? personal : Name;

    /// <summary>The primary address; the others have a table of their own (<see cref="CustomerAddress"/>).</summary>
    public Address Address => new()
    {
        AddressLine1 = AddressLine1,
        AddressLine2 = AddressLine2,
        City = City,
        State = State,
        PostalCode = PostalCode,
        Country = Country,
    };

    /// <summary>The name that mails and pages greet the customer by: the preferred name, else the name that is given.</summary>
    public string GreetingName(string otherwise) => PreferredName ?? otherwise;

    /// <summary>The record as the database has it, where it was read to be changed; saving compares with it.</summary>
    internal Customer? Stored { get; private set; }

    /// <summary>Whether a user name that was made from these names tells a person's name.</summary>
    internal bool IsNamedAfterPerson => HasPersonalName || (CustomerType == CustomerType.Individual && Name.Length > 0);

    private bool HasPersonalName => FirstName.Length + LastName.Length > 0;

    private string DerivedName => CustomerType == CustomerType.Company && CompanyName is not null ? CompanyName : $"{FirstName} {LastName}".Trim();

    /// <summary>A new record with these values, which have been checked. It claims its e-mail address.</summary>
    internal static Customer Create(Guid organizationId, Customer values, Identifiers identifiers, DateTimeOffset now)
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
        customer.Change(values, now);
        return customer;
    }

    /// <summary>A record that a partner of the ERP makes: it claims its address, and is not checked, because nothing of the ERP's is lost.</summary>
    internal static Customer CreateFromErp(Guid organizationId, Customer values, Identifiers identifiers, long partnerId, bool isArchived, DateTimeOffset now)
    {
        var customer = Create(organizationId, values, identifiers, now);
        (customer.ErpPartnerId, customer.IsArchived, customer.OdooLastSync) = (partnerId, isArchived, now);
        return customer;
    }

    internal Customer Copy() => (Customer)MemberwiseClone();

    /// <summary>What follows is a change of the record as it is now.</summary>
    internal Customer Track()
    {
        Stored = Copy();
        return this;
    }

    /// <summary>The record as it would be with these changes; this one stays as it is.</summary>
    internal Customer With(CustomerChanges changes)
    {
        var after = Copy();
        changes.Apply(after);
        var follows = after.Name.Length == 0 || (after.Name == Name && Name == DerivedName);
        after.Name = follows ? after.DerivedName : after.Name;
        return after;
    }

    /// <summary>Takes over the written fields of another record, and whatever follows from them; a new address or phone is not verified yet.</summary>
    internal void Change(Customer after, DateTimeOffset now)
    {
        if (after.Email != Email)
        {
            ChangeEmail(EmailAddress.TryParse(after.Email, out var address) ? address.Key : null);
        }

        if (after.Phone != Phone)
        {
            PhoneE164 = after.Phone is null ? null : PhoneNumber.ToE164(after.Phone);
            PhoneVerifiedAt = null;
        }

        if (after.Country != Country)
        {
            CountryCode = Countries.CodeOf(after.Country);
        }

        foreach (var field in CustomerSchema.Fields.Written)
        {
            field.Copy(after, this);
        }

        DeletedAt = IsDeleted ? DeletedAt ?? now : null;
        IsDeletedByCustomer &= IsDeleted;
        Touch(now);
    }

    /// <summary>Makes it the account's. Whether it claims the account's address is asked next.</summary>
    internal void LinkTo(Account account, LinkGrant grant, DateTimeOffset now) =>
        (UserId, LinkEvidence, LinkedAt, LinkedBy) = (account.UserId, grant.Evidence, now, grant.By);

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
        var after = Copy();
        after.IsDeleted = true;
        after.Name = Name.Length == 0 ? CustomerId : Name;
        Change(after, now);
        Claim = EmailClaim.Released;
    }

    /// <summary>The partner's values are this record's from now on. Returns whether anything is other than it was.</summary>
    internal bool UpdateFromErp(Customer after, long partnerId, bool isArchived, DateTimeOffset now)
    {
        if (CustomerSchema.Fields.Changed(this, after).Count == 0 && ErpPartnerId == partnerId && IsArchived == isArchived)
        {
            return false;
        }

        (ErpPartnerId, IsArchived, OdooLastSync) = (partnerId, isArchived, now);
        Change(after, now);
        return true;
    }

    /// <summary>Staff have said whose it is; the partner's values come with the next sync.</summary>
    internal void AssignPartner(long partnerId, DateTimeOffset now)
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
        var after = Copy();
        after.IsDeleted |= IsArchived;
        (ErpPartnerId, IsArchived) = (null, false);
        Change(after, now);
    }

    /// <summary>
    /// Takes over what the other has and this has not (linking.md, 'Merge'); <paramref name="merged"/> has the written fields of both. Identifiers,
    /// addresses and history are moved beside it.
    /// </summary>
    internal void Absorb(Customer other, Customer merged, DateTimeOffset now)
    {
        EmailVerifiedAt ??= other.EmailKey == EmailKey ? other.EmailVerifiedAt : null;
        PhoneVerifiedAt ??= other.Phone == Phone ? other.PhoneVerifiedAt : null;
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

    /// <summary>Field by field what this has, else what the other has, by the rules of the schema. A deletion stands only where both are deleted.</summary>
    internal Customer MergedWith(Customer other)
    {
        var merged = Copy();
        CustomerSchema.MergeInto(merged, other);
        merged.IsDeleted = IsDeleted && other.IsDeleted;
        return merged;
    }

    /// <summary>The same, answering for a record that was merged into it.</summary>
    internal Customer ForAbsorbed()
    {
        MergedInto = CustomerId;
        return this;
    }

    /// <summary>A copy with the account's names and address, and its phone where it has one. A company keeps a name of its own.</summary>
    internal Customer WithAccount(Account account)
    {
        var copy = Copy();
        (copy.FirstName, copy.LastName, copy.Email) = (account.FirstName, account.LastName, account.Email);
        copy.Phone = account.Phone ?? (Phone == account.FormerPhone ? null : Phone);
        copy.Name = CustomerType == CustomerType.Individual || Name.Length == 0 ? account.FullName : Name;
        return copy;
    }

    /// <summary>A copy without anything that an account owns. A company that was called like the person has no name of its own.</summary>
    internal Customer WithoutAccount(Account? account = null)
    {
        var copy = Copy();
        (copy.FirstName, copy.LastName, copy.Email, copy.Phone) = ("", "", null, null);
        copy.Name = CustomerType == CustomerType.Individual || Name == account?.FullName ? "" : Name;
        return copy;
    }

    /// <summary>A copy for an answer, with what its account owns where that is known; never saved.</summary>
    internal Customer Shown(Account? account, IReadOnlyList<string>? incomplete)
    {
        var shown = account is null ? Copy() : WithAccount(account);
        shown.Incomplete = incomplete;
        shown.PhoneE164 = account?.Phone is { } phone ? PhoneNumber.ToE164(phone) : PhoneE164;
        return shown;
    }

    /// <summary>Deletes it softly; one that is deleted stays as it is.</summary>
    internal void Delete(DateTimeOffset now, bool byCustomer = false)
    {
        if (!IsDeleted)
        {
            Change(With(new CustomerChanges(CustomerSchema.IsDeleted.With(true))), now);
            IsDeletedByCustomer = byCustomer;
        }
    }

    /// <summary>Takes a soft deletion back: active again, unless it is blocked.</summary>
    internal void Restore(DateTimeOffset now)
    {
        if (IsDeleted)
        {
            Change(With(new CustomerChanges(CustomerSchema.IsDeleted.With(false), CustomerSchema.Standing.With(CustomerStanding.Active))), now);
        }
    }

    /// <summary>A status as people set it: inactive is a soft deletion, active and prospect lift deletion and block.</summary>
    internal void SetStatus(CustomerStatus status)
    {
        switch (status)
        {
            case CustomerStatus.Blocked:
                IsBlocked = true;
                break;
            case CustomerStatus.Inactive:
                IsDeleted = true;
                break;
            default:
                (IsBlocked, IsDeleted) = (false, false);
                Standing = status == CustomerStatus.Prospect ? CustomerStanding.Prospect : CustomerStanding.Active;
                break;
        }
    }

    /// <summary>Active or not, as source 5 sets it: a prospect is active already, a blocked record inactive already.</summary>
    internal void SetActivity(bool active)
    {
        IsDeleted = !active && (IsDeleted || !IsBlocked);
        IsBlocked &= !active;
    }

    /// <summary>One more service was rendered.</summary>
    internal void CountService(DateTimeOffset now)
    {
        TotalServices++;
        LastServiceDate = now;
        Touch(now);
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
    internal void RecordSignIn(DateTimeOffset now)
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

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other : one;

    private void ChangeEmail(string? key)
    {
        if (key == EmailKey)
        {
            return;
        }

        EmailKey = key;
        Claim = key is null || UserId is not null ? EmailClaim.Unclaimed : EmailClaim.Claimed;
        EmailVerifiedAt = null;
        OdooLastSync = ErpPartnerId is null ? null : OdooLastSync; // What people enter is no longer the ERP's.
    }
}
