namespace Patron.Shared.Callers;

/// <summary>What a person is in an organization. Vendors (owners) and employees are its staff, customers are not.</summary>
public enum OrganizationRole
{
    Customer,
    Employee,
    Vendor,
}

/// <summary>One organization a person belongs to: its UUID, its number, and what they are there.</summary>
public sealed record Membership(Guid OrganizationId, long Number, OrganizationRole Role)
{
    /// <summary>Vendor or employee (contract, 'Who may do what').</summary>
    public bool IsStaff => Role is OrganizationRole.Vendor or OrganizationRole.Employee;
}
