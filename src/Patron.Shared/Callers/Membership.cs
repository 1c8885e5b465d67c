namespace Patron.Shared.Callers;

/// <summary>The role of a person in an organization. Vendors (owners) and employees are its staff, customers are not.</summary>
public enum OrganizationRole
{
    Customer,
    Employee,
    Vendor,
}

/// <summary>An organization that a person belongs to, by UUID and number, and their role in it.</summary>
public sealed record Membership(Guid OrganizationId, long Number, OrganizationRole Role)
{
    /// <summary>Vendor or employee (contract, 'Who may do what').</summary>
    public bool IsStaff => Role is OrganizationRole.Vendor or OrganizationRole.Employee;
}
