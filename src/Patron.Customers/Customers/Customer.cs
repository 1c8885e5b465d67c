using Patron.Shared.Text;

namespace Patron.Customers.Customers;

/// <summary>
/// A customer of one organization: how it is called, what people wrote (<see cref="Details"/>), and what follows from it. Times are UTC.
/// Status, activity and verification are computed by the database.
/// </summary>
public sealed partial class Customer
{
    private Customer()
    {
    }

    public long Id { get; private set; }

    public Guid Uid { get; private set; }

    public Guid OrganizationId { get; private set; }

    /// <summary>The account this record belongs to, once it is linked.</summary>
    public Guid? UserId { get; private set; }

    /// <summary><c>CUST_</c> and 8 upper-case hexadecimal digits, unique everywhere.</summary>
    public string CustomerId { get; private set; } = "";

    /// <summary>The <see cref="CustomerId"/> with a hyphen, as the portal shows it.</summary>
    public string AccountNumber => CustomerId.Replace('_', '-');

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

    /// <summary>Takes over checked details and whatever follows from them; a new address or phone is not verified yet.</summary>
    internal void Change(CustomerDetails after, DateTimeOffset now)
    {
        var before = Details;
        var key = after.Email == before.Email ? EmailKey : EmailAddress.TryParse(after.Email, out var address) ? address.Key : null;
        if (key != EmailKey)
        {
            EmailKey = key;
            Claim = key is null ? EmailClaim.Unclaimed : EmailClaim.Claimed;
            EmailVerifiedAt = null;
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
