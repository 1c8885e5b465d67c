using System.Security.Cryptography;
using Patron.Customers.Accounts;
using Patron.Customers.Links;
using Patron.Shared.Text;

namespace Patron.Customers.Customers;

/// <content>What can happen to a customer, and what follows from it. Nothing here asks or writes anything.</content>
public sealed partial class Customer
{
    private const int CustomerIdBytes = 4;

    /// <summary>A new record with these values, which have been checked. It claims its e-mail address.</summary>
    internal static Customer Create(Guid organizationId, Customer values, DateTimeOffset now)
    {
        var customer = new Customer
        {
            Uid = Guid.CreateVersion7(now),
            OrganizationId = organizationId,
            CustomerId = NewCustomerId(),
            CustomerSince = now,
            CreatedAt = now,
        };
        customer.Change(values, now);
        return customer;
    }

    /// <summary>A record that a partner of the ERP makes: it claims its address, and is not checked, because nothing of the ERP's is lost.</summary>
    internal static Customer CreateFromErp(Guid organizationId, Customer values, long partnerId, bool isArchived, DateTimeOffset now)
    {
        var customer = Create(organizationId, values, now);
        (customer.ErpPartnerId, customer.IsArchived, customer.OdooLastSync) = (partnerId, isArchived, now);
        return customer;
    }

    /// <summary>Random, not the head of a UUID v7: that one is the time. Unique by its index.</summary>
    internal static string NewCustomerId() => "CUST_" + Convert.ToHexString(RandomNumberGenerator.GetBytes(CustomerIdBytes));

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
