using Patron.Shared.Callers;

namespace Patron.Accounts.Organizations;

/// <summary>A company or team that keeps customers in Patron. One of them is home, where people register.</summary>
public sealed class Organization
{
    private Organization()
    {
    }

    public Organization(Guid id, string name, bool isHome, DateTimeOffset now)
    {
        Id = id;
        Name = name;
        IsHome = isHome;
        CreatedAt = now;
        UpdatedAt = now;
    }

    public Guid Id { get; private set; }

    public long Number { get; private set; }

    public string Name { get; private set; } = "";

    public bool IsHome { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>When it was closed (<see cref="CloseOrganization"/>). Only administrators see a closed organization.</summary>
    public DateTimeOffset? ClosedAt { get; private set; }

    public void Rename(string name, DateTimeOffset now)
    {
        Name = name;
        UpdatedAt = now;
    }
}

/// <summary>A user's role in an organization. All permissions of people follow from memberships.</summary>
public sealed class OrganizationMember
{
    private OrganizationMember()
    {
    }

    public OrganizationMember(Guid organizationId, Guid userId, OrganizationRole role, DateTimeOffset now)
    {
        OrganizationId = organizationId;
        UserId = userId;
        Role = role;
        Since = now;
    }

    public Guid OrganizationId { get; private set; }

    public Guid UserId { get; private set; }

    public OrganizationRole Role { get; set; }

    public DateTimeOffset Since { get; private set; }
}
