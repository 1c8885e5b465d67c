using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Schema;

namespace Patron.Customers.Profiles;

/// <summary>
/// A person's own customer record in the acting organization, with their account, which has the names, e-mail and phone. Where a separate
/// accounts service is unavailable, the account has the token's claims (never a phone), or is null, and the record is marked incomplete.
/// </summary>
public sealed record Profile(Customer Customer, Account? Account)
{
    /// <summary>
    /// The fields that count for <see cref="Completeness"/>: the customer writes all of them, and the record stores them.
    /// </summary>
    private static readonly IReadOnlyList<string> Counted =
        [
            "address_line1", "city", "postal_code", "country", "preferred_contact_method", "emergency_contact_name",
            "emergency_contact_phone", "emergency_contact_relationship"];

    private static readonly IReadOnlyList<Field<Customer>> PersonFields = CustomerSchema.Fields.Named(
        ["date_of_birth", "gender", .. Counted]);

    // A company has no birth date.
    private static readonly IReadOnlyList<Field<Customer>> CompanyFields = CustomerSchema.Fields.Named(
        ["company_name", "tax_id", .. Counted]);

    /// <summary>The empty fields that count for <see cref="Completeness"/>, in the order of the record.</summary>
    public IReadOnlyList<string> Missing => [.. Fields.Where(one => one.IsEmpty(Customer)).Select(one => one.Name)];

    /// <summary>The fields with an open change request, because the company's ERP owns them (linking.md, 'Ownership').</summary>
    public IReadOnlyList<string> PendingChanges { get; init; } = [];

    /// <summary>The filled part of the counted fields, in percent.</summary>
    public int Completeness => (Fields.Count - Missing.Count) * 100 / Fields.Count;

    private IReadOnlyList<Field<Customer>> Fields => Customer.CustomerType == CustomerType.Company ? CompanyFields : PersonFields;
}
