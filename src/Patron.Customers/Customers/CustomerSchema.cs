using Patron.Customers.Links;
using Patron.Customers.Schema;
using Patron.Shared.Results;
using static Patron.Customers.Schema.FieldKinds;

namespace Patron.Customers.Customers;

/// <summary>
/// Declares the customer: one entry for each field of <see cref="Customer"/>, which is one column of its table. Lengths are those of source
/// 5 where it has one. Adding a field: docs/architecture.md, 'How to add a field'.
/// </summary>
public static partial class CustomerSchema
{
    /// <summary>The primary address, whose parts are owned and merged as a whole.</summary>
    internal const string Address = "address";

    private const string PersonName = "person_name";

    private static readonly Customer NewCustomer = new();

    // Identifiers. People do not write these.
    public static readonly Field<Customer, long> Id = new("id", Long, customer => customer.Id, (customer, value) => customer.Id = value)
    { Reader = FieldReader.Anyone, Column = FieldColumn.Generated, IsListed = true,
        Description = "The number, counting up over all organizations.", Example = "1" };

    public static readonly Field<Customer, Guid> Uid = new("uid", Uuid, customer => customer.Uid, (customer, value) => customer.Uid = value)
    { Reader = FieldReader.Anyone, Column = FieldColumn.Identity, Description = "A UUID that never changes.",
        Example = "\"0198c0de-4444-7000-8000-000000000001\"" };

    public static readonly Field<Customer, Guid> OrganizationId = new(
        "organization_id", Uuid, customer => customer.OrganizationId, (customer, value) => customer.OrganizationId = value)
    { Reader = FieldReader.Customer, Column = FieldColumn.Identity, Description = "The organization whose customer this is.",
        Example = "\"0198c0de-0000-7000-8000-000000000001\"" };

    public static readonly Field<Customer, string> CustomerId = new(
        "customer_id", FieldKinds.Name, customer => customer.CustomerId, (customer, value) => customer.CustomerId = value)
    { Reader = FieldReader.Anyone, Column = FieldColumn.Identity, IsListed = true,
        Description = "CUST_ and 8 hexadecimal digits, unique everywhere.", Example = "\"CUST_A1B2C3D4\"" };

    public static readonly Field<Customer, string> Code = new(
        "code", FieldKinds.Name, customer => customer.Code, (customer, value) => customer.Code = value)
    { Reader = FieldReader.Anyone, Column = FieldColumn.Identity, Description = "The number within the organization, counting up.",
        Example = "\"CUST-00001\"" };

    public static readonly Field<Customer, string> Username = new(
        "username", FieldKinds.Name, customer => customer.Username, (customer, value) => customer.Username = value)
    { Reader = FieldReader.Customer, IsListed = true, Description = "Made from the name, unique everywhere.", Example = "\"johndoe\"" };

    // Person.
    public static readonly Field<Customer, string> FirstName = new(
        "first_name", Required(100), customer => customer.FirstName, (customer, value) => customer.FirstName = value)
    { Reader = FieldReader.Customer, Owner = FieldOwner.Account, Writer = FieldWriter.Staff, PartOf = PersonName,
        Merge = MergeRule.FillEmpty, IsImported = true, IsListed = true, Description = "Empty for a company.", Example = "\"John\"" };

    public static readonly Field<Customer, string> LastName = new(
        "last_name", Required(100), customer => customer.LastName, (customer, value) => customer.LastName = value)
    { Reader = FieldReader.Customer, Owner = FieldOwner.Account, Writer = FieldWriter.Staff, PartOf = PersonName,
        Merge = MergeRule.FillEmpty, IsImported = true, IsListed = true, Description = "Empty for a company.", Example = "\"Doe\"" };

    public static readonly Field<Customer, string> Name = new(
        "name", Required(255), customer => customer.Name, (customer, value) => customer.Name = value)
    { Reader = FieldReader.Customer, Owner = FieldOwner.AccountOfIndividual, Writer = FieldWriter.Staff, ErpMayOwn = true,
        Merge = MergeRule.FillEmpty, IsImported = true,
        Description = "The display or company name. Left empty it follows first and last name, or the company's name.",
        Example = "\"John Doe\"" };

    public static readonly Field<Customer, string?> PreferredName = new(
        "preferred_name", Text(100), customer => customer.PreferredName, (customer, value) => customer.PreferredName = value)
    { Writer = FieldWriter.Customer, Merge = MergeRule.FillEmpty, IsImported = true,
        Description = "How the person wants to be called. Messages and pages greet them by it.", Example = "\"Johnny\"" };

    public static readonly Field<Customer, CustomerType> Type = new(
        "customer_type", Enum<CustomerType>(), customer => customer.CustomerType, (customer, value) => customer.CustomerType = value)
    { Reader = FieldReader.Customer, Writer = FieldWriter.Staff, ErpMayOwn = true, IsImported = true,
        Description = "A person or a company.", Example = "\"individual\"" };

    public static readonly Field<Customer, string?> Email = new(
        "email", FieldKinds.Email, customer => customer.Email, (customer, value) => customer.Email = value)
    { Reader = FieldReader.Customer, Owner = FieldOwner.Account, Writer = FieldWriter.Staff, Merge = MergeRule.FillEmpty, IsImported = true,
        IsListed = true, Description = "Unique among the customers of the organization.", Example = "\"john.doe@example.com\"" };

    public static readonly Field<Customer, string?> Phone = new(
        "phone", FieldKinds.Phone, customer => customer.Phone, (customer, value) => customer.Phone = value)
    { Reader = FieldReader.Customer, Owner = FieldOwner.Account, Writer = FieldWriter.Staff, ErpMayOwn = true, Merge = MergeRule.FillEmpty,
        IsImported = true, IsListed = true, Description = "With the country code, such as +1-555-0123.", Example = "\"+1-555-0123\"" };

    public static readonly Field<Customer, string?> Mobile = new(
        "mobile", FieldKinds.Phone, customer => customer.Mobile, (customer, value) => customer.Mobile = value)
    { Reader = FieldReader.Customer, Writer = FieldWriter.Staff, ErpMayOwn = true, Merge = MergeRule.FillEmpty, IsImported = true,
        Description = "A mobile phone, with the country code." };

    public static readonly Field<Customer, DateOnly?> DateOfBirth = new(
        "date_of_birth", BirthDate, customer => customer.DateOfBirth, (customer, value) => customer.DateOfBirth = value)
    { Writer = FieldWriter.Customer, Merge = MergeRule.FillEmpty, IsImported = true, IsListed = true,
        Description = "A day in the past, at most 150 years ago.", Example = "\"1990-01-15\"" };

    public static readonly Field<Customer, string?> Gender = new(
        "gender", Text(20), customer => customer.Gender, (customer, value) => customer.Gender = value)
    { Writer = FieldWriter.Customer, Merge = MergeRule.FillEmpty, IsImported = true, IsListed = true,
        Description = "In the person's own words. The portal offers female, male, other and undisclosed.", Example = "\"male\"" };

    public static readonly Field<Customer, string?> Language = new(
        "language", FieldKinds.Language, customer => customer.Language, (customer, value) => customer.Language = value)
    { Reader = FieldReader.Customer, Owner = FieldOwner.Account, Writer = FieldWriter.Staff, Merge = MergeRule.FillEmpty, IsImported = true,
        Description = "The language of mails, a tag such as de or pt-BR (BCP 47). The ERP fills it where it is empty.", Example = "\"en\"" };

    // Business.
    public static readonly Field<Customer, string?> CompanyName = new(
        "company_name", Text(255), customer => customer.CompanyName, (customer, value) => customer.CompanyName = value)
    { Writer = FieldWriter.Customer, Merge = MergeRule.FillEmpty, IsImported = true, IsListed = true,
        Description = "The company a person works for, or the company itself.", Example = "\"Tech Corp\"" };

    public static readonly Field<Customer, string?> BusinessType = new(
        "business_type", Text(100), customer => customer.BusinessType, (customer, value) => customer.BusinessType = value)
    { Writer = FieldWriter.Customer, Merge = MergeRule.FillEmpty, IsImported = true, Description = "The line of business." };

    public static readonly Field<Customer, string?> TaxId = new(
        "tax_id", Text(50), customer => customer.TaxId, (customer, value) => customer.TaxId = value)
    { Writer = FieldWriter.Customer, ErpMayOwn = true, Merge = MergeRule.FillEmpty, IsImported = true,
        Description = "The tax or VAT number." };

    public static readonly Field<Customer, string?> Website = new(
        "website", FieldKinds.Website, customer => customer.Website, (customer, value) => customer.Website = value)
    { Writer = FieldWriter.Customer, ErpMayOwn = true, Merge = MergeRule.FillEmpty, IsImported = true,
        Description = "An address of the web, such as https://example.com." };

    public static readonly Field<Customer, string?> Reference = new(
        "reference", Text(100), customer => customer.Reference, (customer, value) => customer.Reference = value)
    { Reader = FieldReader.Customer, Writer = FieldWriter.Staff, ErpMayOwn = true, Merge = MergeRule.FillEmpty, IsImported = true,
        Description = "What the organization calls the customer elsewhere." };

    public static readonly Field<Customer, string> Group = new(
        "customer_group", Required(100, Customer.DefaultGroup), customer => customer.CustomerGroup,
        (customer, value) => customer.CustomerGroup = value)
    { Reader = FieldReader.Customer, Writer = FieldWriter.Staff, Merge = MergeRule.FillEmpty, IsImported = true,
        Description = "A word of the organization's own; Individual unless it is written.", Example = "\"Individual\"" };

    public static readonly Field<Customer, string> Territory = new(
        "territory", Required(100, Customer.DefaultTerritory), customer => customer.Territory,
        (customer, value) => customer.Territory = value)
    { Reader = FieldReader.Customer, Writer = FieldWriter.Staff, Merge = MergeRule.FillEmpty, IsImported = true,
        Description = "A word of the organization's own; All Territories unless it is written.", Example = "\"All Territories\"" };

    public static readonly Field<Customer, bool> IsPrimaryContact = new(
        "is_primary_contact", Flag, customer => customer.IsPrimaryContact, (customer, value) => customer.IsPrimaryContact = value)
    { Reader = FieldReader.Customer, Writer = FieldWriter.Staff, Merge = MergeRule.Combine, IsImported = true,
        Description = "The first person to write to at a company.", Example = "false" };

    // The primary address, on the row itself so that lists, search and statistics need no join.
    public static readonly Field<Customer, string?> AddressLine1 = new(
        "address_line1", Text(255), customer => customer.AddressLine1, (customer, value) => customer.AddressLine1 = value)
    { Writer = FieldWriter.Customer, ErpMayOwn = true, PartOf = Address, Merge = MergeRule.FillEmpty, IsImported = true, IsListed = true,
        Description = "Street and number.", Example = "\"123 Main Street\"" };

    public static readonly Field<Customer, string?> AddressLine2 = new(
        "address_line2", Text(255), customer => customer.AddressLine2, (customer, value) => customer.AddressLine2 = value)
    { Writer = FieldWriter.Customer, ErpMayOwn = true, PartOf = Address, Merge = MergeRule.FillEmpty, IsImported = true,
        Description = "What else an address needs." };

    public static readonly Field<Customer, string?> City = new(
        "city", Text(100), customer => customer.City, (customer, value) => customer.City = value)
    { Writer = FieldWriter.Customer, ErpMayOwn = true, PartOf = Address, Merge = MergeRule.FillEmpty, IsImported = true, IsListed = true,
        Description = "The city or town.", Example = "\"New York\"" };

    public static readonly Field<Customer, string?> State = new(
        "state", Text(100), customer => customer.State, (customer, value) => customer.State = value)
    { Writer = FieldWriter.Customer, ErpMayOwn = true, PartOf = Address, Merge = MergeRule.FillEmpty, IsImported = true, IsListed = true,
        Description = "The state, province or region.", Example = "\"NY\"" };

    public static readonly Field<Customer, string?> PostalCode = new(
        "postal_code", Text(20), customer => customer.PostalCode, (customer, value) => customer.PostalCode = value)
    { Writer = FieldWriter.Customer, ErpMayOwn = true, PartOf = Address, Merge = MergeRule.FillEmpty, IsImported = true, IsListed = true,
        Description = "The postal code.", Example = "\"10001\"" };

    public static readonly Field<Customer, string?> Country = new(
        "country", Text(100), customer => customer.Country, (customer, value) => customer.Country = value)
    { Writer = FieldWriter.Customer, ErpMayOwn = true, PartOf = Address, Merge = MergeRule.FillEmpty, IsImported = true, IsListed = true,
        Description = "As people write it: a name, or a code of two or three letters. The portal stores the English name.",
        Example = "\"USA\"" };

    public static readonly Field<Customer, string?> EmergencyContactName = new(
        "emergency_contact_name", Text(200), customer => customer.EmergencyContactName,
        (customer, value) => customer.EmergencyContactName = value)
    { Writer = FieldWriter.Customer, Merge = MergeRule.FillEmpty, IsImported = true, Description = "Whom to call when something happens." };

    public static readonly Field<Customer, string?> EmergencyContactPhone = new(
        "emergency_contact_phone", FieldKinds.Phone, customer => customer.EmergencyContactPhone,
        (customer, value) => customer.EmergencyContactPhone = value)
    { Writer = FieldWriter.Customer, Merge = MergeRule.FillEmpty, IsImported = true, Description = "Their phone, with the country code." };

    public static readonly Field<Customer, string?> EmergencyContactRelationship = new(
        "emergency_contact_relationship", Text(100), customer => customer.EmergencyContactRelationship,
        (customer, value) => customer.EmergencyContactRelationship = value)
    { Writer = FieldWriter.Customer, Merge = MergeRule.FillEmpty, IsImported = true,
        Description = "How they are related to the customer." };

    // Preferences.
    public static readonly Field<Customer, bool> MarketingEmails = new(
        "marketing_emails", Flag, customer => customer.MarketingEmails, (customer, value) => customer.MarketingEmails = value)
    { Writer = FieldWriter.Customer, IsConsent = true, IsImported = true, IsListed = true,
        Description = "Consent to marketing by email. Where staff or a program enter a customer and leave it out, the setting Customers:MarketingDefault decides; it is false for people who register and for customers of the ERP until they agree.",
        Example = "true" };

    public static readonly Field<Customer, bool> MarketingSms = new(
        "marketing_sms", Flag, customer => customer.MarketingSms, (customer, value) => customer.MarketingSms = value)
    { Writer = FieldWriter.Customer, IsConsent = true, IsImported = true, IsListed = true,
        Description = "Consent to marketing by text message; false unless something else is said.", Example = "false" };

    public static readonly Field<Customer, ContactMethod?> PreferredContactMethod = new(
        "preferred_contact_method", OptionalEnum<ContactMethod>(), customer => customer.PreferredContactMethod,
        (customer, value) => customer.PreferredContactMethod = value)
    { Writer = FieldWriter.Customer, Merge = MergeRule.FillEmpty, IsImported = true,
        Description = "How the customer wants to be reached." };

    public static readonly Field<Customer, string> NotificationPreferences = new(
        "notification_preferences", Json, customer => customer.NotificationPreferences,
        (customer, value) => customer.NotificationPreferences = value)
    { Writer = FieldWriter.Customer, Merge = MergeRule.FillEmpty, IsImported = true,
        Description = "A JSON object of the organization's own, at most 8192 characters.", Example = "{}" };

    public static readonly Field<Customer, string?> Notes = new(
        "notes", Text(10_000, severalLines: true), customer => customer.Notes, (customer, value) => customer.Notes = value)
    { Writer = FieldWriter.Staff, Merge = MergeRule.Combine, IsImported = true, IsListed = true, Description = "Notes of the staff.",
        Example = "\"Premium customer\"" };

    public static readonly Field<Customer, IReadOnlyList<string>> Tags = new(
        "tags", FieldKinds.Tags, customer => customer.Tags, (customer, value) => customer.Tags = value)
    { Writer = FieldWriter.Staff, Merge = MergeRule.Combine, IsImported = true, IsListed = true,
        Description = "Words with commas between them.", Example = "\"premium,tech,new-york\"" };

    // State. People set status and is_active, which are stored as the three flags below (linking.md, 'Ownership').
    public static readonly Field<Customer, CustomerStanding> Standing = new(
        "standing", Enum<CustomerStanding>(), customer => customer.Standing, (customer, value) => customer.Standing = value)
    { Writer = FieldWriter.Staff };

    public static readonly Field<Customer, bool> IsBlocked = new(
        "is_blocked", Flag, customer => customer.IsBlocked, (customer, value) => customer.IsBlocked = value)
    { Writer = FieldWriter.Staff, Merge = MergeRule.Combine };

    public static readonly Field<Customer, bool> IsDeleted = new(
        "is_deleted", Flag, customer => customer.IsDeleted, (customer, value) => customer.IsDeleted = value)
    { Writer = FieldWriter.Staff };

    public static readonly Field<Customer, DateTimeOffset?> DeletedAt = new(
        "deleted_at", OptionalTime, customer => customer.DeletedAt, (customer, value) => customer.DeletedAt = value)
    { Reader = FieldReader.Customer, Description = "When it was deleted softly; null while it is not." };

    public static readonly Field<Customer, bool> IsDeletedByCustomer = new(
        "is_deleted_by_customer", Flag, customer => customer.IsDeletedByCustomer,
        (customer, value) => customer.IsDeletedByCustomer = value);

    public static readonly Field<Customer, CustomerStatus> Status = new(
        "status", Enum<CustomerStatus>(), customer => customer.Status, (customer, value) => customer.Status = value)
    { Reader = FieldReader.Customer, Column = FieldColumn.Generated, Writer = FieldWriter.Staff, IsImported = true,
        Change = (customer, value) => customer.SetStatus(value),
        Description = "Blocked, else inactive (deleted, or archived in the ERP), else active or prospect. Inactive deletes softly; active and prospect lift deletion and block.",
        Example = "\"active\"" };

    public static readonly Field<Customer, bool> IsActive = new(
        "is_active", Flag, customer => customer.IsActive, (customer, value) => customer.IsActive = value)
    { Reader = FieldReader.Customer, Column = FieldColumn.Generated, Writer = FieldWriter.Staff, IsImported = true, IsListed = true,
        Change = (customer, value) => customer.SetActivity(value),
        Description = "Neither blocked nor deleted nor archived in the ERP. Of status and is_active the latter has the last word.",
        Example = "true" };

    public static readonly Field<Customer, bool> IsVerified = new(
        "is_verified", Flag, customer => customer.IsVerified, (customer, value) => customer.IsVerified = value)
    { Reader = FieldReader.Customer, Column = FieldColumn.Generated, IsListed = true, Description = "Email or phone is verified.",
        Example = "false" };

    // Derived values, and values that only Patron writes.
    public static readonly Field<Customer, string?> EmailKey = new(
        "email_key", OptionalText, customer => customer.EmailKey, (customer, value) => customer.EmailKey = value);

    public static readonly Field<Customer, EmailClaim> Claim = new(
        "claim", Enum<EmailClaim>(), customer => customer.Claim, (customer, value) => customer.Claim = value);

    public static readonly Field<Customer, DateTimeOffset?> EmailVerifiedAt = new(
        "email_verified_at", OptionalTime, customer => customer.EmailVerifiedAt, (customer, value) => customer.EmailVerifiedAt = value)
    { Reader = FieldReader.Customer, IsListed = true, Description = "When the email address was verified." };

    public static readonly Field<Customer, string?> PhoneE164 = new(
        "phone_e164", OptionalText, customer => customer.PhoneE164, (customer, value) => customer.PhoneE164 = value)
    { Reader = FieldReader.Customer,
        Description = "The phone in E.164, where its country is written or known by the organization's region.",
        Example = "\"+15550123\"" };

    public static readonly Field<Customer, DateTimeOffset?> PhoneVerifiedAt = new(
        "phone_verified_at", OptionalTime, customer => customer.PhoneVerifiedAt, (customer, value) => customer.PhoneVerifiedAt = value)
    { IsListed = true };

    public static readonly Field<Customer, string?> CountryCode = new(
        "country_code", OptionalText, customer => customer.CountryCode, (customer, value) => customer.CountryCode = value)
    { Reader = FieldReader.Customer, Description = "The country by ISO 3166, two letters, where it is known.", Example = "\"US\"" };

    public static readonly Field<Customer, Guid?> UserId = new(
        "user_id", OptionalUuid, customer => customer.UserId, (customer, value) => customer.UserId = value)
    { Reader = FieldReader.Customer, IsListed = true, Description = "The account this record belongs to; null while none is linked." };

    public static readonly Field<Customer, LinkEvidence?> Evidence = new(
        "link_evidence", OptionalEnum<LinkEvidence>(), customer => customer.LinkEvidence,
        (customer, value) => customer.LinkEvidence = value);

    public static readonly Field<Customer, DateTimeOffset?> LinkedAt = new(
        "linked_at", OptionalTime, customer => customer.LinkedAt, (customer, value) => customer.LinkedAt = value);

    public static readonly Field<Customer, Guid?> LinkedBy = new(
        "linked_by", OptionalUuid, customer => customer.LinkedBy, (customer, value) => customer.LinkedBy = value);

    public static readonly Field<Customer, DateTimeOffset?> ProfileCreatedAt = new(
        "profile_created_at", OptionalTime, customer => customer.ProfileCreatedAt, (customer, value) => customer.ProfileCreatedAt = value);

    public static readonly Field<Customer, int> TotalServices = new(
        "total_services", Int, customer => customer.TotalServices, (customer, value) => customer.TotalServices = value)
    { Reader = FieldReader.Customer, Description = "How many services the customer was rendered.", Example = "0" };

    public static readonly Field<Customer, DateTimeOffset?> LastServiceDate = new(
        "last_service_date", OptionalTime, customer => customer.LastServiceDate, (customer, value) => customer.LastServiceDate = value)
    { Reader = FieldReader.Customer, Description = "When the last service was rendered." };

    public static readonly Field<Customer, DateTimeOffset> CustomerSince = new(
        "customer_since", Time, customer => customer.CustomerSince, (customer, value) => customer.CustomerSince = value)
    { Reader = FieldReader.Customer, Description = "Since when the customer is one.", Example = "\"2024-01-15T10:30:00Z\"" };

    public static readonly Field<Customer, DateTimeOffset?> LastLoginAt = new(
        "last_login_at", OptionalTime, customer => customer.LastLoginAt, (customer, value) => customer.LastLoginAt = value)
    { Reader = FieldReader.Customer, IsListed = true, Description = "When the customer last signed in, as last-login tells it." };

    public static readonly Field<Customer, string?> ErpSource = new(
        "erp_source", OptionalText, customer => customer.ErpSource, (customer, value) => customer.ErpSource = value);

    public static readonly Field<Customer, string?> ErpId = new(
        "erp_id", OptionalText, customer => customer.ErpId, (customer, value) => customer.ErpId = value);

    public static readonly Field<Customer, bool> IsArchived = new(
        "is_archived", Flag, customer => customer.IsArchived, (customer, value) => customer.IsArchived = value);

    public static readonly Field<Customer, DateTimeOffset?> OdooLastSync = new(
        "odoo_last_sync", OptionalTime, customer => customer.OdooLastSync, (customer, value) => customer.OdooLastSync = value)
    { Reader = FieldReader.Customer, Description = "When the company's ERP last wrote it." };

    public static readonly Field<Customer, DateTimeOffset> CreatedAt = new(
        "created_at", Time, customer => customer.CreatedAt, (customer, value) => customer.CreatedAt = value)
    { Reader = FieldReader.Customer, Column = FieldColumn.Identity, IsListed = true, Description = "When the record was made.",
        Example = "\"2024-01-15T10:30:00Z\"" };

    public static readonly Field<Customer, DateTimeOffset> UpdatedAt = new(
        "updated_at", Time, customer => customer.UpdatedAt, (customer, value) => customer.UpdatedAt = value)
    { Reader = FieldReader.Customer, IsListed = true, Description = "When it last changed.", Example = "\"2024-01-15T10:30:00Z\"" };

    public static readonly Field<Customer, long> Version = new(
        "version", Long, customer => customer.Version, (customer, value) => customer.Version = value);

    /// <summary>All fields, in the order of answers and audit entries.</summary>
    public static readonly RecordSchema<Customer> Fields = new(
        Id, Uid, OrganizationId, CustomerId, Code, Username,
        FirstName, LastName, Name, PreferredName, Type, Email, Phone, Mobile, DateOfBirth, Gender, Language,
        CompanyName, BusinessType, TaxId, Website, Reference, Group, Territory, IsPrimaryContact,
        AddressLine1, AddressLine2, City, State, PostalCode, Country,
        EmergencyContactName, EmergencyContactPhone, EmergencyContactRelationship,
        MarketingEmails, MarketingSms, PreferredContactMethod, NotificationPreferences, Notes, Tags,
        Standing, IsBlocked, IsDeleted, DeletedAt, IsDeletedByCustomer, Status, IsActive, IsVerified,
        EmailKey, Claim, EmailVerifiedAt, PhoneE164, PhoneVerifiedAt, CountryCode,
        UserId, Evidence, LinkedAt, LinkedBy, ProfileCreatedAt,
        TotalServices, LastServiceDate, CustomerSince, LastLoginAt, ErpSource, ErpId, IsArchived, OdooLastSync, CreatedAt, UpdatedAt,
        Version);

    /// <summary>The fields that customers write on their own record.</summary>
    public static readonly IReadOnlyList<Field<Customer>> OwnFields = [
        .. Fields.Written.Where(field => field.Writer == FieldWriter.Customer)];

    /// <summary>The fields of lists: those that source 5 prints, so that a page reads only what it shows.</summary>
    internal static readonly IReadOnlyList<Field<Customer>> Listed =
        [.. Fields.All.Where(field => field.IsListed || field == Name || field == Type || field == AddressLine2)];
}
