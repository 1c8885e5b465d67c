using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Schema;

namespace Patron.Customers.Profiles;

/// <summary>
/// A person's own customer record in the acting organization, beside their account: names, e-mail and phone are read from that. Where another
/// service keeps accounts and is away, it is what the token says (never a phone), or nothing; the record then says that it is incomplete.
/// </summary>
public sealed record Profile(Customer Customer, Account? Account)
{
    /// <summary>What counts for <see cref="Completeness"/>: all of it is the customer's own to fill in, and kept here.</summary>
    private static readonly IReadOnlyList<string> Counted =
        ["address_line1", "city", "postal_code", "country", "preferred_contact_method", "emergency_contact_name", "emergency_contact_phone", "emergency_contact_relationship"];

    private static readonly IReadOnlyList<Field<Customer>> OfPerson = CustomerSchema.Fields.Named(["date_of_birth", "gender", .. Counted]);

    // A company is not born.
    private static readonly IReadOnlyList<Field<Customer>> OfCompany = CustomerSchema.Fields.Named(["company_name", "tax_id", .. Counted]);

    /// <summary>The fields that are empty and count for <see cref="Completeness"/>, in the order of the record.</summary>
    public IReadOnlyList<string> Missing => [.. Fields.Where(one => one.IsEmpty(Customer)).Select(one => one.Name)];

    /// <summary>The fields whose change waits for staff, because the company's ERP owns them (linking.md, 'Ownership').</summary>
    public IReadOnlyList<string> PendingChanges { get; init; } = [];

    /// <summary>How much of it is filled in, in percent.</summary>
    public int Completeness => (Fields.Count - Missing.Count) * 100 / Fields.Count;

    private IReadOnlyList<Field<Customer>> Fields => Customer.CustomerType == CustomerType.Company ? OfCompany : OfPerson;
}
