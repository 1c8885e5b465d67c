using Patron.Customers.Accounts;
using Patron.Customers.Erp;
using Patron.Customers.Links;
using Patron.Customers.Schema;

namespace Patron.Customers.Customers;

/// <content>The links of a record: to its account, to a partner of the ERP, and to other records of the same person.</content>
public sealed partial class Customer
{
    /// <summary>The ERP's partner whose values this record shows; null where there is none.</summary>
    public PartnerKey? Partner => ErpId is null ? null : new PartnerKey(ErpSource!, ErpId);

    /// <summary>Links the record to the account. It does not claim the account's address yet.</summary>
    internal void LinkTo(Account account, LinkGrant grant, DateTimeOffset now) =>
        (UserId, LinkEvidence, LinkedAt, LinkedBy) = (account.UserId, grant.Evidence, now, grant.By);

    /// <summary>Claims the address, which the record's account has proven.</summary>
    internal void ClaimAddress(DateTimeOffset now)
    {
        Claim = EmailKey is null ? EmailClaim.Unclaimed : EmailClaim.Claimed;
        EmailVerifiedAt ??= now;
    }

    /// <summary>Marks the record as a profile that the person created.</summary>
    internal void BecomeProfile(DateTimeOffset now) => ProfileCreatedAt = now;

    /// <summary>
    /// Ends the link to an account that had registered with somebody else's address. The record is kept for staff, deleted and without a
    /// claim (linking.md, 'Proof').
    /// </summary>
    internal void Detach(DateTimeOffset now)
    {
        (UserId, LinkEvidence, LinkedAt, LinkedBy, ProfileCreatedAt) = (null, null, null, null, null);
        var after = Copy();
        after.IsDeleted = true;
        after.Name = Name.Length == 0 ? CustomerId : Name;
        Change(after, now);
        Claim = EmailClaim.Released;
    }

    /// <summary>
    /// After the undo of a merge: the account that the record had is no longer among the merged records. Nobody confirms its address.
    /// </summary>
    internal void EndLink()
    {
        (UserId, LinkEvidence, LinkedAt, LinkedBy, ProfileCreatedAt) = (null, null, null, null, null);
        Name = Name.Length == 0 ? CustomerId : Name;
        EmailVerifiedAt = null;
        Claim = Claim == EmailClaim.Claimed ? EmailClaim.Released : Claim;
    }

    /// <summary>
    /// After the undo of a merge: the partner that the record had belongs to another record now, or to none. As <see cref="UnlinkPartner"/>.
    /// </summary>
    internal void EndPartner()
    {
        (DeletedAt, IsDeleted) = (IsArchived ? DeletedAt ?? UpdatedAt : DeletedAt, IsDeleted || IsArchived);
        (ErpSource, ErpId, IsArchived) = (null, null, false);
        if (UserId is null)
        {
            EmailVerifiedAt = null;
            Claim = Claim == EmailClaim.Claimed ? EmailClaim.Released : Claim;
        }
    }

    /// <summary>
    /// Takes over the partner's values. With <paramref name="claimsAddress"/> the record claims its address again, which must be free.
    /// Returns whether anything changed.
    /// </summary>
    public bool UpdateFromErp(Customer after, PartnerKey partner, bool isArchived, bool claimsAddress, DateTimeOffset now)
    {
        if (CustomerSchema.Fields.Changed(this, after).Count == 0 && Partner == partner && IsArchived == isArchived && !claimsAddress
            && CustomerSince == after.CustomerSince)
        {
            return false;
        }

        (ErpSource, ErpId, IsArchived, OdooLastSync) = (partner.Source, partner.Id, isArchived, now);
        CustomerSince = after.CustomerSince;
        Change(after, now);
        Claim = claimsAddress ? EmailClaim.Claimed : Claim;
        return true;
    }

    /// <summary>
    /// Links the record to a partner that staff chose; the next sync writes its values. A record without account releases its address until
    /// then.
    /// </summary>
    public void AssignPartner(PartnerKey partner, DateTimeOffset now)
    {
        (ErpSource, ErpId) = (partner.Source, partner.Id);
        Claim = UserId is null && Claim == EmailClaim.Claimed ? EmailClaim.Released : Claim;
        Touch(now);
    }

    /// <summary>
    /// Ends the link to the partner and keeps its values. The record of an archived partner stays inactive until staff restore it. A record
    /// without account releases its address, because the ERP no longer confirms it.
    /// </summary>
    public void UnlinkPartner(DateTimeOffset now)
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

    /// <summary>Releases the claim of the address: the ERP's partner no longer has it, or another account has proven it.</summary>
    internal void ReleaseAddress(DateTimeOffset now)
    {
        EmailVerifiedAt = null;
        Claim = Claim == EmailClaim.Claimed ? EmailClaim.Released : Claim;
        Touch(now);
    }

    /// <summary>
    /// Takes over the values that only the other record has (linking.md, 'Merge'); <paramref name="merged"/> has the written fields of
    /// both. An account, a partner and an address bring with them what is known of them. The caller moves identifiers, addresses and history.
    /// </summary>
    internal void Absorb(Customer other, Customer merged, DateTimeOffset now)
    {
        var before = Copy();
        TotalServices += other.TotalServices;
        LastServiceDate = Later(LastServiceDate, other.LastServiceDate);
        LastLoginAt = Later(LastLoginAt, other.LastLoginAt);
        CustomerSince = EarlierSince(this, other);
        if (Partner is null && other.Partner is not null)
        {
            (ErpSource, ErpId, IsArchived, OdooLastSync) = (other.ErpSource, other.ErpId, other.IsArchived, other.OdooLastSync);
        }

        if (UserId is null && other.UserId is not null)
        {
            (UserId, LinkEvidence, LinkedAt, LinkedBy) = (other.UserId, other.LinkEvidence, other.LinkedAt, other.LinkedBy);
        }

        ProfileCreatedAt = UserId is null ? null : ProfileCreatedAt ?? other.ProfileCreatedAt;
        Version = Math.Max(Version, other.Version); // Each identifier answers with a version that it never had before.
        Change(merged, now);
        TakeAddressOf(before, other);
        TakePhoneOf(before, other);
    }

    private void TakeAddressOf(Customer before, Customer other)
    {
        if (EmailKey is null || EmailKey != other.EmailKey)
        {
            return;
        }

        var isNew = EmailKey != before.EmailKey;
        EmailVerifiedAt = isNew ? other.EmailVerifiedAt : EmailVerifiedAt ?? other.EmailVerifiedAt;
        Claim = isNew || other.Claim == EmailClaim.Claimed ? other.Claim : Claim;
    }

    private void TakePhoneOf(Customer before, Customer other)
    {
        if (Phone is null || Phone != other.Phone)
        {
            return;
        }

        var isNew = Phone != before.Phone;
        PhoneVerifiedAt = isNew ? other.PhoneVerifiedAt : PhoneVerifiedAt ?? other.PhoneVerifiedAt;
        PhoneE164 = isNew ? other.PhoneE164 : PhoneE164;
    }

    /// <summary>
    /// A copy with the values of this record, and of the other where this one is empty, by the merge rules of the schema. It is deleted
    /// only if both are.
    /// </summary>
    internal Customer MergedWith(Customer other)
    {
        var merged = Copy();
        CustomerSchema.MergeInto(merged, other);
        merged.IsDeleted = IsDeleted && other.IsDeleted;
        return merged;
    }

    /// <summary>Marks this record as the answer for one that was merged into it.</summary>
    internal Customer AnswerForAbsorbed(Guid absorbed)
    {
        (MergedInto, NamedUid) = (CustomerId, absorbed);
        return this;
    }

    /// <summary>Shows the record to this reader.</summary>
    internal Customer ForReader(FieldReader reader)
    {
        Reader = reader;
        return this;
    }

    /// <summary>A copy with the account's names and address, and its phone and language if it has them. A company keeps its own name.</summary>
    internal Customer WithAccount(Account account)
    {
        var copy = Copy();
        (copy.FirstName, copy.LastName, copy.Email) = (account.FirstName, account.LastName, account.Email);
        copy.Phone = account.Phone ?? (Phone == account.FormerPhone ? null : Phone);
        copy.Language = account.Language ?? Language;
        copy.Name = CustomerType == CustomerType.Individual || Name.Length == 0 ? account.FullName : Name;
        return copy;
    }

    /// <summary>A copy without the account's data. A company's name that equals the person's name is removed too.</summary>
    internal Customer WithoutAccount(Account? account = null)
    {
        var copy = Copy();
        (copy.FirstName, copy.LastName, copy.Email, copy.Phone, copy.Language) = ("", "", null, null, null);
        copy.Name = CustomerType == CustomerType.Individual || Name == account?.FullName ? "" : Name;
        return copy;
    }

    /// <summary>A copy for an answer, with the account's data where it is available; never saved.</summary>
    internal Customer ForAnswer(Account? account, IReadOnlyList<string>? incomplete)
    {
        var shown = account is null ? Copy() : WithAccount(account);
        shown.Incomplete = incomplete;
        shown.PhoneE164 = account?.Phone is null ? PhoneE164 : account.PhoneE164;
        return shown;
    }

    /// <summary>Since when two records of one customer are; values of an ERP that does not know it have none.</summary>
    internal static DateTimeOffset EarlierSince(Customer customer, Customer other) =>
        other.CustomerSince == default || customer.CustomerSince <= other.CustomerSince ? customer.CustomerSince : other.CustomerSince;

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other : one;
}
