namespace Patron.Customers.Customers;

public enum CustomerType
{
    Individual,
    Company,
}

/// <summary>What a record counts as, derived: blocked, else inactive (deleted, or archived in the ERP), else its standing.</summary>
public enum CustomerStatus
{
    Active,
    Inactive,
    Prospect,
    Blocked,
}

/// <summary>What people set a live record to.</summary>
public enum CustomerStanding
{
    Active,
    Prospect,
}

/// <summary>How a customer wants to be reached.</summary>
public enum ContactMethod
{
    Email,
    Phone,
    Sms,
    Mail,
}

/// <summary>Whether a row holds its address against others of the organization (linking.md, 'Claim').</summary>
public enum EmailClaim
{
    /// <summary>Entered by staff, API, import or ERP, or proven by its account.</summary>
    Claimed,

    /// <summary>Typed at a sign-up and not proven, or there is no address.</summary>
    Unclaimed,

    /// <summary>Given up: the row was merged or erased.</summary>
    Released,
}
