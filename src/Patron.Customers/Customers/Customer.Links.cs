using Patron.Customers.Accounts;
using Patron.Customers.Erp;
using Patron.Customers.Links;

namespace Patron.Customers.Customers;

/// <content>Whose the record is: what an account, a partner of the ERP or another record of the same person does to it.</content>
public sealed partial class Customer
{
    /// <summary>The ERP's partner whose values this record shows; null where no ERP owns any.</summary>
    public PartnerKey? Partner => ErpId is null ? null : new PartnerKey(ErpSource!, ErpId);

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

    /// <summary>
    /// The partner's values are this record's from now on; with <paramref name="claimsAddress"/> the record claims its address again, which is free.
    /// Returns whether anything is other than it was.
    /// </summary>
    public bool UpdateFromErp(Customer after, PartnerKey partner, bool isArchived, bool claimsAddress, DateTimeOffset now)
    {
        if (CustomerSchema.Fields.Changed(this, after).Count == 0 && Partner == partner && IsArchived == isArchived && !claimsAddress)
        {
            return false;
        }

        (ErpSource, ErpId, IsArchived, OdooLastSync) = (partner.Source, partner.Id, isArchived, now);
        Change(after, now);
        Claim = claimsAddress ? EmailClaim.Claimed : Claim;
        return true;
    }

    /// <summary>Staff have said whose it is; the partner's values come with the next sync. So does its address where no account has the record.</summary>
    public void AssignPartner(PartnerKey partner, DateTimeOffset now)
    {
        (ErpSource, ErpId) = (partner.Source, partner.Id);
        Claim = UserId is null && Claim == EmailClaim.Claimed ? EmailClaim.Released : Claim;
        Touch(now);
    }

    /// <summary>
    /// The partner is gone: what it said stays and is the record's own. An archived one stays inactive, until staff restore it. A record without
    /// account no longer claims its address, for which nothing vouches any more.
    /// </summary>
    public void LeaveErp(DateTimeOffset now)
    {
        var after = Copy();
        after.IsDeleted |= IsArchived;
        (ErpSource, ErpId, IsArchived) = (null, null, false);
        Change(after, now);
        if (UserId is null)
        {
            ReleaseAddress(now);
        }
    }

    /// <summary>The record no longer claims its address: its partner of the ERP has left it, or the address is somebody else's by proof.</summary>
    internal void ReleaseAddress(DateTimeOffset now)
    {
        EmailVerifiedAt = null;
        Claim = Claim == EmailClaim.Claimed ? EmailClaim.Released : Claim;
        Touch(now);
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
        if (Partner is null && other.Partner is not null)
        {
            (ErpSource, ErpId, IsArchived, OdooLastSync) = (other.ErpSource, other.ErpId, other.IsArchived, other.OdooLastSync);
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
        shown.PhoneE164 = account?.Phone is null ? PhoneE164 : account.PhoneE164;
        return shown;
    }

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other : one;
}
