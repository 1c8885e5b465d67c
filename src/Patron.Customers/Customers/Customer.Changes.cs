using System.Security.Cryptography;
using Patron.Customers.Erp;
using Patron.Customers.Schema;
using Patron.Shared.Text;

namespace Patron.Customers.Customers;

/// <content>The changes of a customer and their consequences. Nothing here reads or writes the database.</content>
public sealed partial class Customer
{
    private const int CustomerIdBytes = 4;

    /// <summary>A record with only these values, not stored.</summary>
    public static Customer FromChanges(CustomerChanges values) => new Customer().With(values);

    /// <summary>A new record with these validated values. It claims its email address.</summary>
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

    /// <summary>
    /// A record for a partner of the ERP. It claims its address. The values are not validated, because the sync must not lose any.
    /// </summary>
    public static Customer CreateFromErp(Guid organizationId, Customer values, PartnerKey partner, bool isArchived, DateTimeOffset now)
    {
        var customer = Create(organizationId, values, now);
        (customer.ErpSource, customer.ErpId, customer.IsArchived, customer.OdooLastSync) = (partner.Source, partner.Id, isArchived, now);
        customer.CustomerSince = EarlierSince(customer, values);
        return customer;
    }

    /// <summary>Random, because the first bytes of a UUID v7 are the time. A unique index detects collisions.</summary>
    internal static string NewCustomerId() => "CUST_" + Convert.ToHexString(RandomNumberGenerator.GetBytes(CustomerIdBytes));

    public Customer Copy() => (Customer)MemberwiseClone();

    /// <summary>Remembers the current state as the stored one, so that saving writes the differences.</summary>
    internal Customer Track()
    {
        StatedConsents = [];
        Stored = Copy();
        return this;
    }

    /// <summary>A copy of the record with these changes.</summary>
    internal Customer With(CustomerChanges changes)
    {
        var after = Copy();
        changes.Apply(after);
        after.StatedConsents = [.. changes.Values.Select(value => value.Field).Where(field => field.IsConsent)];
        after.ConsentWordings = changes.ConsentWordings;
        var follows = after.Name.Length == 0 || (after.Name == Name && Name == DerivedName);
        after.Name = follows ? after.DerivedName : after.Name;
        return after;
    }

    /// <summary>
    /// Takes over the written fields of another record and updates what is derived from them. A new address or phone is not verified.
    /// </summary>
    internal void Change(Customer after, DateTimeOffset now)
    {
        if (after.Email != Email)
        {
            ChangeEmail(EmailAddress.TryParse(after.Email, out var address) ? address.Key : null);
        }

        if (after.Phone != Phone)
        {
            PhoneVerifiedAt = null; // The store formats it as E.164: that needs the organization's region.
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

    /// <summary>Takes over which consents a change named, also where their values stay.</summary>
    internal void StateConsents(Customer after, DateTimeOffset now) =>
        (StatedConsents, StatedAt, ConsentWordings) = (after.StatedConsents, now, after.ConsentWordings);

    /// <summary>Deletes the record softly; a deleted one is not changed.</summary>
    internal void Delete(DateTimeOffset now, bool byCustomer = false)
    {
        if (!IsDeleted)
        {
            Change(With(new CustomerChanges(CustomerSchema.IsDeleted.With(true))), now);
            IsDeletedByCustomer = byCustomer;
        }
    }

    /// <summary>Reverts a soft deletion: the record is active again, unless it is blocked.</summary>
    internal void Restore(DateTimeOffset now)
    {
        if (IsDeleted)
        {
            Change(
                With(new CustomerChanges(CustomerSchema.IsDeleted.With(false), CustomerSchema.Standing.With(CustomerStanding.Active))),
                now);
        }
    }

    /// <summary>Blocks the record; a blocked one is not changed.</summary>
    internal void Block(DateTimeOffset now)
    {
        if (!IsBlocked)
        {
            Change(With(new CustomerChanges(CustomerSchema.IsBlocked.With(true))), now);
        }
    }

    /// <summary>Sets the status: inactive deletes softly, active and prospect remove deletion and block.</summary>
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

    /// <summary>Sets <c>is_active</c> as in source 5: a prospect counts as active, a blocked record as inactive.</summary>
    internal void SetActivity(bool active)
    {
        IsDeleted = !active && (IsDeleted || !IsBlocked);
        IsBlocked &= !active;
    }

    internal void CountService(DateTimeOffset now)
    {
        TotalServices++;
        LastServiceDate = now;
        Touch(now);
    }

    /// <summary>
    /// Marks the email address as verified, unless it was before. It does not prove an account's address (linking.md, 'Proof'). A record
    /// without account that had released its address claims it again.
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

    /// <summary>Marks the phone as verified, unless it was before.</summary>
    internal void VerifyPhone(DateTimeOffset now)
    {
        if (PhoneVerifiedAt is null)
        {
            PhoneVerifiedAt = now;
            Touch(now);
        }
    }

    /// <summary>Takes back that the email address was marked as verified.</summary>
    internal void UnverifyEmail(DateTimeOffset now)
    {
        EmailVerifiedAt = null;
        Touch(now);
    }

    /// <summary>Takes back that the phone was marked as verified.</summary>
    internal void UnverifyPhone(DateTimeOffset now)
    {
        PhoneVerifiedAt = null;
        Touch(now);
    }

    internal void RecordSignIn(DateTimeOffset now)
    {
        LastLoginAt = now;
        Touch(now);
    }

    /// <summary>Raises the version: something visible changed on this row or on one that belongs to it, such as an address.</summary>
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
        OdooLastSync = ErpId is null ? null : OdooLastSync; // A value entered by people was not written by the ERP.
    }
}
