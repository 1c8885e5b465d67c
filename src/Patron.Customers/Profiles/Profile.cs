using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Erp;

namespace Patron.Customers.Profiles;

/// <summary>
/// A person's own customer record in the acting organization, with their account, which has the names, email and phone. Where a separate
/// accounts service is unavailable, the account has the token's claims (never a phone), or is null, and the record is marked incomplete.
/// </summary>
public sealed record Profile(Customer Customer, Account? Account)
{
    private const string Email = "email";
    private const string Phone = "phone";
    private const string Address = "address";

    private static readonly string[] CompanyFields = ["company_name", "business_type", "tax_id", "website"];

    private static readonly string[] PersonFields =
        [
            "preferred_name", "date_of_birth", "gender", "emergency_contact_name", "emergency_contact_phone",
            "emergency_contact_relationship"];

    /// <summary>What can count for <see cref="Completeness"/>: parts of a profile, and fields that customers write.</summary>
    public static IReadOnlyList<string> CountableParts { get; } =
        [Email, Phone, Address, "preferred_contact_method", .. PersonFields, .. CompanyFields];

    /// <summary>What counts where the settings do not say otherwise.</summary>
    internal static IReadOnlyList<string> DefaultParts { get; } = [Email, Phone, Address];

    /// <summary>What counts for <see cref="Completeness"/>, of <see cref="CountableParts"/>.</summary>
    public IReadOnlyList<string> CountedParts { get; init; } = DefaultParts;

    /// <summary>
    /// The counted parts that are missing. Parts that this kind of customer does not have, such as a company's gender, do not count.
    /// </summary>
    public IReadOnlyList<string> Missing => [.. Relevant.Where(IsMissing)];

    /// <summary>The open change requests, for fields that the company's ERP owns (linking.md, 'Ownership').</summary>
    public IReadOnlyList<ChangeRequest> PendingChanges { get; init; } = [];

    /// <summary>Whether the change that was just made has created change requests.</summary>
    public bool RequestedReview { get; init; }

    /// <summary>How much of the counted parts is there, in percent.</summary>
    public int Completeness => Relevant.Count == 0 ? 100 : (Relevant.Count - Missing.Count) * 100 / Relevant.Count;

    private IReadOnlyList<string> Relevant =>
        [.. CountedParts.Except(Customer.CustomerType == CustomerType.Company ? PersonFields : CompanyFields, StringComparer.Ordinal)];

    private bool IsMissing(string part) => part switch
    {
        Email => !(Account?.EmailVerified ?? Customer.EmailVerifiedAt is not null),
        Phone => (Account?.Phone ?? Customer.Phone) is null,
        Address => Customer.AddressLine1 is null || Customer.City is null,
        _ => CustomerSchema.Fields.Find(part)!.IsEmpty(Customer),
    };
}
