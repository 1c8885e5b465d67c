using Patron.Accounts.Users;

namespace Patron.Accounts.Organizations;

/// <summary>Whether a vendor is active.</summary>
public enum VendorStatus
{
    Active,
    Inactive,
}

/// <summary>The business record of an organization and its founder. Its staff can edit the details.</summary>
public sealed class Vendor
{
    private Vendor()
    {
    }

    /// <summary>The vendor of a new organization, with its owner's name, address and phone.</summary>
    public Vendor(Organization organization, User owner, UserProfile profile, DateTimeOffset now)
    {
        OrganizationId = organization.Id;
        UserId = owner.Id;
        Profile = profile;
        Name = owner.FullName;
        Email = owner.Email;
        Phone = owner.PhoneNumber;
        CreatedAt = now;
        UpdatedAt = now;
    }

    public long Id { get; private set; }

    public Guid OrganizationId { get; private set; }

    public Guid UserId { get; private set; }

    public long ProfileId { get; private set; }

    public string Name { get; private set; } = "";

    public string? Email { get; private set; }

    public string? Phone { get; private set; }

    public string? TaxId { get; private set; }

    public string? Website { get; private set; }

    public VendorStatus Status { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>Set only when the vendor is created together with its profile, which has no id yet.</summary>
    internal UserProfile? Profile { get; private set; }

    public VendorDetails Details => new(Name, Email, Phone, TaxId, Website, Status);

    /// <summary>Applies details that <see cref="VendorDetails.Check"/> has accepted.</summary>
    public void Change(VendorDetails details, DateTimeOffset now)
    {
        (Name, Email, Phone, TaxId, Website, Status) = (details.Name, details.Email, details.Phone, details.TaxId, details.Website,
            details.Status);
        UpdatedAt = now;
    }
}
