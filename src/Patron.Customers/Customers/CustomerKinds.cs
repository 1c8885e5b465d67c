namespace Patron.Customers.Customers;

public enum CustomerType
{
    Individual,
    Company,
}

/// <summary>The derived status: blocked, else inactive (deleted, or archived in the ERP), else its standing.</summary>
public enum CustomerStatus
{
    Active,
    Inactive,
    Prospect,
    Blocked,
}

/// <summary>The part of the status that people choose for a record that is neither blocked nor inactive (column standing).</summary>
public enum CustomerStanding
{
    Active,
    Prospect,
}

/// <summary>The customer's preferred way of contact.</summary>
public enum ContactMethod
{
    Email,
    Phone,
    Sms,
    Mail,
}

/// <summary>Whether a record claims its address, so that no other record of the organization can (linking.md, 'Claim').</summary>
public enum EmailClaim
{
    /// <summary>Entered by staff, an API, an import or the ERP, or proven by its account.</summary>
    Claimed,

    /// <summary>Entered at a sign-up and not proven, or there is no address.</summary>
    Unclaimed,

    /// <summary>Given up: the record was merged, unlinked or left by its partner.</summary>
    Released,
}
