using System.Collections.Frozen;
using Patron.Customers.Addresses;
using Patron.Customers.Links;
using Patron.Customers.Schema;

namespace Patron.Customers.Customers;

/// <summary>
/// A customer of one organization. <see cref="CustomerSchema"/> declares each property's meaning, writers and visibility.
/// <c>Customer.Changes.cs</c> holds the rules of changes, <c>Customer.Links.cs</c> those of links. Times are UTC. Lists read only the
/// fields that lists show.
/// </summary>
public sealed partial class Customer
{
    public const string DefaultGroup = "Individual";
    public const string DefaultTerritory = "All Territories";

    internal Customer()
    {
    }

    public long Id { get; internal set; }

    public Guid Uid { get; internal set; }

    public Guid OrganizationId { get; internal set; }

    /// <summary><c>CUST_</c> and 8 upper-case hexadecimal digits, unique everywhere.</summary>
    public string CustomerId { get; internal set; } = "";

    /// <summary>The <see cref="CustomerId"/> with a hyphen, as the portal shows it.</summary>
    public string AccountNumber => RecordIdentifiers.AccountNumberOf(CustomerId);

    /// <summary><c>CUST-00001</c>, consecutive within the organization.</summary>
    public string Code { get; internal set; } = "";

    public string Username { get; internal set; } = "";

    /// <summary>Empty for a company or a record that has only a <see cref="Name"/>.</summary>
    public string FirstName { get; internal set; } = "";

    public string LastName { get; internal set; } = "";

    /// <summary>Display or company name. Derived from the personal names or the company name where it is empty.</summary>
    public string Name { get; internal set; } = "";

    /// <summary>The name by which the person wants to be addressed; null if unknown.</summary>
    public string? PreferredName { get; internal set; }

    public string? Language { get; internal set; }

    public CustomerType CustomerType { get; internal set; }

    public string? Email { get; internal set; }

    public string? Phone { get; internal set; }

    public string? Mobile { get; internal set; }

    public DateOnly? DateOfBirth { get; internal set; }

    public string? Gender { get; internal set; }

    public string? CompanyName { get; internal set; }

    public string? BusinessType { get; internal set; }

    public string? TaxId { get; internal set; }

    public string? Website { get; internal set; }

    public string? Reference { get; internal set; }

    public string CustomerGroup { get; internal set; } = DefaultGroup;

    public string Territory { get; internal set; } = DefaultTerritory;

    public bool IsPrimaryContact { get; internal set; }

    public string? AddressLine1 { get; internal set; }

    public string? AddressLine2 { get; internal set; }

    public string? City { get; internal set; }

    public string? State { get; internal set; }

    public string? PostalCode { get; internal set; }

    public string? Country { get; internal set; }

    public string? EmergencyContactName { get; internal set; }

    public string? EmergencyContactPhone { get; internal set; }

    public string? EmergencyContactRelationship { get; internal set; }

    public bool MarketingEmails { get; internal set; }

    public bool MarketingSms { get; internal set; }

    public ContactMethod? PreferredContactMethod { get; internal set; }

    /// <summary>A JSON object.</summary>
    public string NotificationPreferences { get; internal set; } = "{}";

    public string? Notes { get; internal set; }

    /// <summary>A set, in the order of first mention.</summary>
    public IReadOnlyList<string> Tags { get; internal set; } = [];

    /// <summary>The status while the record is neither blocked, deleted nor archived.</summary>
    public CustomerStanding Standing { get; internal set; }

    public bool IsBlocked { get; internal set; }

    /// <summary>Soft-deleted: visible to staff only.</summary>
    public bool IsDeleted { get; internal set; }

    public DateTimeOffset? DeletedAt { get; internal set; }

    /// <summary>Deleted by the customer, who may restore it. Staff may always restore it.</summary>
    public bool IsDeletedByCustomer { get; internal set; }

    public Guid? UserId { get; internal set; }

    /// <summary>How it was established that the record belongs to the account.</summary>
    public LinkEvidence? LinkEvidence { get; internal set; }

    public DateTimeOffset? LinkedAt { get; internal set; }

    /// <summary>The account that created the link; null where a program or Patron did.</summary>
    public Guid? LinkedBy { get; internal set; }

    /// <summary>When the person created their profile from it (source 3, <c>profile/create</c>).</summary>
    public DateTimeOffset? ProfileCreatedAt { get; internal set; }

    /// <summary>The normalized email address, for comparisons.</summary>
    public string? EmailKey { get; internal set; }

    public EmailClaim Claim { get; internal set; } = EmailClaim.Unclaimed;

    /// <summary>The phone in E.164, where its country is known.</summary>
    public string? PhoneE164 { get; internal set; }

    /// <summary>ISO 3166, two letters, where the country is known.</summary>
    public string? CountryCode { get; internal set; }

    public DateTimeOffset? EmailVerifiedAt { get; internal set; }

    public DateTimeOffset? PhoneVerifiedAt { get; internal set; }

    public int TotalServices { get; internal set; }

    public DateTimeOffset? LastServiceDate { get; internal set; }

    public DateTimeOffset CustomerSince { get; internal set; }

    public DateTimeOffset? LastLoginAt { get; internal set; }

    /// <summary>The ERP of <see cref="ErpId"/>, by the connector's name, such as <c>odoo</c>.</summary>
    public string? ErpSource { get; internal set; }

    /// <summary>The key of the ERP's partner whose values this record shows; null where there is none.</summary>
    public string? ErpId { get; internal set; }

    /// <summary>Archived in the ERP: the record is inactive whatever people set.</summary>
    public bool IsArchived { get; internal set; }

    public DateTimeOffset? OdooLastSync { get; internal set; }

    public DateTimeOffset CreatedAt { get; internal set; }

    public DateTimeOffset UpdatedAt { get; internal set; }

    /// <summary>Raised by every visible change; the ETag.</summary>
    public long Version { get; internal set; }

    /// <summary>Computed by the database.</summary>
    public CustomerStatus Status { get; internal set; }

    /// <summary>Computed by the database.</summary>
    public bool IsActive { get; internal set; }

    /// <summary>Email or phone is verified. Computed by the database.</summary>
    public bool IsVerified { get; internal set; }

    /// <summary>This record's <see cref="CustomerId"/> where it answers for one that was merged into it, else null.</summary>
    public string? MergedInto { get; private set; }

    /// <summary>
    /// The merged record by whose identifier this one was found; rows that are added remember it. Null where it was found by its own.
    /// </summary>
    public Guid? NamedUid { get; private set; }

    /// <summary>For whom the record was read, which decides what an answer shows of it.</summary>
    public FieldReader Reader { get; private set; } = FieldReader.Customer;

    /// <summary>The services that could not be read for this answer (<c>accounts</c>); null where it is complete.</summary>
    public IReadOnlyList<string>? Incomplete { get; private set; }

    /// <summary>An individual's first and last name, else the name. A company always shows its name (linking.md, 'Ownership').</summary>
    public string FullName =>
        CustomerType == CustomerType.Individual && $"{FirstName} {LastName}".Trim() is { Length: > 0 } personal ? personal : Name;

    /// <summary>The primary address. The others are rows of their own (<see cref="CustomerAddress"/>).</summary>
    public Address Address => new()
    {
        AddressLine1 = AddressLine1,
        AddressLine2 = AddressLine2,
        City = City,
        State = State,
        PostalCode = PostalCode,
        Country = Country,
    };

    /// <summary>The name by which mails and pages address the customer: the preferred name, else the given one.</summary>
    public string GreetingName(string otherwise) => PreferredName ?? otherwise;

    /// <summary>The consents that the last change named. The first statement is kept even where it changes nothing.</summary>
    internal IReadOnlyList<Field<Customer>> StatedConsents { get; private set; } = [];

    internal DateTimeOffset StatedAt { get; private set; }

    /// <summary>The sentences of <see cref="StatedConsents"/> that the person saw, by field.</summary>
    internal IReadOnlyDictionary<string, string> ConsentWordings { get; private set; } = FrozenDictionary<string, string>.Empty;

    /// <summary>The state in the database when the record was read for a change; saving writes the differences.</summary>
    internal Customer? Stored { get; private set; }

    /// <summary>Whether it was changed since it was read for a change.</summary>
    internal bool HasChanged => Version != Stored!.Version;

    /// <summary>Whether a username derived from these names reveals a person's name.</summary>
    internal bool IsNamedAfterPerson => HasPersonalName || (CustomerType == CustomerType.Individual && Name.Length > 0);

    private bool HasPersonalName => FirstName.Length + LastName.Length > 0;

    private string DerivedName =>
        CustomerType == CustomerType.Company && CompanyName is not null ? CompanyName : $"{FirstName} {LastName}".Trim();
}
