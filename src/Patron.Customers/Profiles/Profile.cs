using Patron.Customers.Accounts;
using Patron.Customers.Customers;

namespace Patron.Customers.Profiles;

/// <summary>
/// A person's own customer record in the acting organization, beside their account: names, e-mail and phone are read from that. Where another
/// service keeps accounts and is away, it is what the token says (never a phone), or nothing; the record then says that it is incomplete.
/// </summary>
public sealed record Profile(Customer Customer, Account? Account)
{
    /// <summary>What counts for <see cref="Completeness"/>: all of it is the customer's own to fill in, and kept here.</summary>
    private static readonly IReadOnlyList<Func<CustomerDetails, object?>> Counted =
    [
        details => details.Address.AddressLine1, details => details.Address.City, details => details.Address.PostalCode, details => details.Address.Country,
        details => details.DateOfBirth, details => details.Gender, details => details.PreferredContactMethod,
        details => details.EmergencyContactName, details => details.EmergencyContactPhone, details => details.EmergencyContactRelationship,
    ];

    /// <summary>The fields whose change waits for staff, because the company's ERP owns them (linking.md, 'Ownership').</summary>
    public IReadOnlyList<string> PendingChanges { get; init; } = [];

    /// <summary>How much of it is filled in, in percent.</summary>
    public int Completeness => Counted.Count(read => read(Customer.Details) is not null) * 100 / Counted.Count;
}
