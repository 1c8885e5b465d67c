namespace Patron.Accounts.Organizations;

/// <summary>The types of profiles. A person has at most one of each.</summary>
public enum ProfileType
{
    Vendor,
    Employee,
    Customer,
}

/// <summary>A person's profile of one type, with the organization it was last used for. It grants no permissions: memberships do.</summary>
public sealed class UserProfile
{
    private UserProfile()
    {
    }

    public UserProfile(Guid userId, ProfileType type, Guid organizationId, bool isPrimary, DateTimeOffset now)
    {
        UserId = userId;
        ProfileType = type;
        OrganizationId = organizationId;
        IsPrimary = isPrimary;
        CreatedAt = now;
        UpdatedAt = now;
    }

    public long Id { get; private set; }

    public Guid UserId { get; private set; }

    public ProfileType ProfileType { get; private set; }

    /// <summary>Whether this is the profile that is shown first. At most one profile of a person is primary.</summary>
    public bool IsPrimary { get; private set; }

    public Guid OrganizationId { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; }

    public void MoveTo(Guid organizationId, DateTimeOffset now)
    {
        OrganizationId = organizationId;
        UpdatedAt = now;
    }

    public void MakePrimary(DateTimeOffset now)
    {
        IsPrimary = true;
        UpdatedAt = now;
    }
}
