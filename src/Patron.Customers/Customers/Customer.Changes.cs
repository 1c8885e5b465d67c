using System.Security.Cryptography;
using Patron.Customers.Erp;
using Patron.Shared.Text;

namespace Patron.Customers.Customers;

/// <content>What can happen to a customer, and what follows from it. Nothing here asks or writes anything.</content>
public sealed partial class Customer
{
    private const int CustomerIdBytes = 4;

    /// <summary>What somebody says of a customer, as a record that nothing else is written on.</summary>
    public static Customer Of(CustomerChanges values) => new Customer().With(values);

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
    public static Customer CreateFromErp(Guid organizationId, Customer values, PartnerKey partner, bool isArchived, DateTimeOffset now)
    {
        var customer = Create(organizationId, values, now);
        (customer.ErpSource, customer.ErpId, customer.IsArchived, customer.OdooLastSync) = (partner.Source, partner.Id, isArchived, now);
        return customer;
    }

    /// <summary>Random, not the head of a UUID v7: that one is the time. Unique by its index.</summary>
    internal static string NewCustomerId() => "CUST_" + Convert.ToHexString(RandomNumberGenerator.GetBytes(CustomerIdBytes));

    public Customer Copy() => (Customer)MemberwiseClone();

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
            PhoneVerifiedAt = null; // Its form in E.164 is made where the row is written: it needs the organization's region.
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

    /// <summary>
    /// The record's e-mail address is proven, from now on unless it was before. It says nothing of an account (linking.md, 'Proof'). Whoever says so
    /// vouches for an address that the record no longer claimed because its partner of the ERP left it.
    /// </summary>
    internal void VerifyEmail(DateTimeOffset now)
    {
        var claims = Claim == EmailClaim.Released && UserId is null && !IsDeleted;
        if (EmailVerifiedAt is null || claims)
        {
            EmailVerifiedAt ??= now;
            Claim = claims ? EmailClaim.Claimed : Claim;
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

    private void ChangeEmail(string? key)
    {
        if (key == EmailKey)
        {
            return;
        }

        EmailKey = key;
        Claim = key is null || UserId is not null ? EmailClaim.Unclaimed : EmailClaim.Claimed;
        EmailVerifiedAt = null;
        OdooLastSync = ErpId is null ? null : OdooLastSync; // What people enter is no longer the ERP's.
    }
}
