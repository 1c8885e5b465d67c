namespace Patron.Customers.Customers;

/// <summary>One written field of a customer, and who owns it.</summary>
internal sealed record CustomerField(string Name, Func<CustomerDetails, object?> Read) : WrittenField<CustomerDetails>(Name, Read)
{
    /// <summary>The name of the primary address, whose parts are owned together.</summary>
    public const string Address = "address";

    /// <summary>The account's, once one is linked (linking.md, 'Ownership').</summary>
    public bool OwnedByAccount { get; init; }

    /// <summary>The account's only on a person's record: a company keeps a name of its own.</summary>
    public bool OwnedByAccountOfIndividual { get; init; }

    /// <summary>Whether the account that this record belongs to owns it, unless an ERP does.</summary>
    public bool IsOwnedByAccountOf(Customer customer) =>
        customer.UserId is not null && (OwnedByAccount || (OwnedByAccountOfIndividual && customer.Details.CustomerType == CustomerType.Individual));

    /// <summary>What the field is a part of, where only the whole is somebody's: the address.</summary>
    public string? OwnedTogether { get; init; }

    /// <summary>Customers may change it on their own record (contract, 'Who may do what').</summary>
    public bool OpenToCustomer { get; init; }

    /// <summary>Each change is kept with time and source.</summary>
    public bool IsConsent { get; init; }
}
