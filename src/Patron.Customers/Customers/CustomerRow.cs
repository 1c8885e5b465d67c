using NpgsqlTypes;
using Patron.Customers.Addresses;
using Patron.Customers.Database;
using Patron.Customers.Links;
using Patron.Shared.Database;

namespace Patron.Customers.Customers;

/// <summary>
/// The row of a customer for statements that are written by hand, because they are asked most or write many. It says the same as EF's
/// model; a test compares the two.
/// </summary>
internal static class CustomerRow
{
    /// <summary>The columns that are written of a new customer; the database knows the others by itself.</summary>
    public static readonly IReadOnlyList<(string Name, NpgsqlDbType Type, Func<Customer, object?> Read)> Written =
    [
        ("uid", NpgsqlDbType.Uuid, customer => customer.Uid),
        ("organization_id", NpgsqlDbType.Uuid, customer => customer.OrganizationId),
        ("customer_id", NpgsqlDbType.Text, customer => customer.CustomerId),
        ("code", NpgsqlDbType.Text, customer => customer.Code),
        ("username", NpgsqlDbType.Text, customer => customer.Username),
        ("email_key", NpgsqlDbType.Text, customer => customer.EmailKey),
        ("claim", NpgsqlDbType.Text, customer => EnumText<EmailClaim>.ToText(customer.Claim)),
        ("phone_e164", NpgsqlDbType.Text, customer => customer.PhoneE164),
        ("country_code", NpgsqlDbType.Text, customer => customer.CountryCode),
        ("deleted_at", NpgsqlDbType.TimestampTz, customer => customer.DeletedAt),
        ("total_services", NpgsqlDbType.Integer, customer => customer.TotalServices),
        ("customer_since", NpgsqlDbType.TimestampTz, customer => customer.CustomerSince),
        ("created_at", NpgsqlDbType.TimestampTz, customer => customer.CreatedAt),
        ("updated_at", NpgsqlDbType.TimestampTz, customer => customer.UpdatedAt),
        ("version", NpgsqlDbType.Bigint, customer => customer.Version),
        ("first_name", NpgsqlDbType.Text, customer => customer.Details.FirstName),
        ("last_name", NpgsqlDbType.Text, customer => customer.Details.LastName),
        ("name", NpgsqlDbType.Text, customer => customer.Details.Name),
        ("customer_type", NpgsqlDbType.Text, customer => EnumText<CustomerType>.ToText(customer.Details.CustomerType)),
        ("email", NpgsqlDbType.Text, customer => customer.Details.Email),
        ("phone", NpgsqlDbType.Text, customer => customer.Details.Phone),
        ("mobile", NpgsqlDbType.Text, customer => customer.Details.Mobile),
        ("date_of_birth", NpgsqlDbType.Date, customer => customer.Details.DateOfBirth),
        ("gender", NpgsqlDbType.Text, customer => customer.Details.Gender),
        ("company_name", NpgsqlDbType.Text, customer => customer.Details.CompanyName),
        ("business_type", NpgsqlDbType.Text, customer => customer.Details.BusinessType),
        ("tax_id", NpgsqlDbType.Text, customer => customer.Details.TaxId),
        ("website", NpgsqlDbType.Text, customer => customer.Details.Website),
        ("reference", NpgsqlDbType.Text, customer => customer.Details.Reference),
        ("customer_group", NpgsqlDbType.Text, customer => customer.Details.CustomerGroup),
        ("territory", NpgsqlDbType.Text, customer => customer.Details.Territory),
        ("is_primary_contact", NpgsqlDbType.Boolean, customer => customer.Details.IsPrimaryContact),
        ("address_line1", NpgsqlDbType.Text, customer => customer.Details.Address.AddressLine1),
        ("address_line2", NpgsqlDbType.Text, customer => customer.Details.Address.AddressLine2),
        ("city", NpgsqlDbType.Text, customer => customer.Details.Address.City),
        ("state", NpgsqlDbType.Text, customer => customer.Details.Address.State),
        ("postal_code", NpgsqlDbType.Text, customer => customer.Details.Address.PostalCode),
        ("country", NpgsqlDbType.Text, customer => customer.Details.Address.Country),
        ("emergency_contact_name", NpgsqlDbType.Text, customer => customer.Details.EmergencyContactName),
        ("emergency_contact_phone", NpgsqlDbType.Text, customer => customer.Details.EmergencyContactPhone),
        ("emergency_contact_relationship", NpgsqlDbType.Text, customer => customer.Details.EmergencyContactRelationship),
        ("marketing_emails", NpgsqlDbType.Boolean, customer => customer.Details.MarketingEmails),
        ("marketing_sms", NpgsqlDbType.Boolean, customer => customer.Details.MarketingSms),
        ("preferred_contact_method", NpgsqlDbType.Text, customer => customer.Details.PreferredContactMethod is { } method ? EnumText<ContactMethod>.ToText(method) : null),
        ("notification_preferences", NpgsqlDbType.Jsonb, customer => customer.Details.NotificationPreferences),
        ("notes", NpgsqlDbType.Text, customer => customer.Details.Notes),
        ("tags", NpgsqlDbType.Array | NpgsqlDbType.Text, customer => customer.Details.Tags),
        ("standing", NpgsqlDbType.Text, customer => EnumText<CustomerStanding>.ToText(customer.Details.Standing)),
        ("is_blocked", NpgsqlDbType.Boolean, customer => customer.Details.IsBlocked),
        ("is_deleted", NpgsqlDbType.Boolean, customer => customer.Details.IsDeleted),
        ("user_id", NpgsqlDbType.Uuid, customer => customer.UserId),
        ("link_evidence", NpgsqlDbType.Text, customer => customer.LinkEvidence is { } evidence ? EnumText<LinkEvidence>.ToText(evidence) : null),
        ("linked_at", NpgsqlDbType.TimestampTz, customer => customer.LinkedAt),
        ("linked_by", NpgsqlDbType.Uuid, customer => customer.LinkedBy),
        ("profile_created_at", NpgsqlDbType.TimestampTz, customer => customer.ProfileCreatedAt),
        ("email_verified_at", NpgsqlDbType.TimestampTz, customer => customer.EmailVerifiedAt),
        ("erp_partner_id", NpgsqlDbType.Bigint, customer => customer.ErpPartnerId),
        ("is_archived", NpgsqlDbType.Boolean, customer => customer.IsArchived),
        ("odoo_last_sync", NpgsqlDbType.TimestampTz, customer => customer.OdooLastSync),
    ];

    /// <summary>The names of <see cref="Written"/>.</summary>
    public static readonly string WrittenColumns = string.Join(", ", Written.Select(column => column.Name));

    /// <summary>Those that change: what a record is called by, whose it is and since when do not.</summary>
    public static readonly IReadOnlyList<string> Changing = [.. Written.Select(column => column.Name).Except(
        ["uid", "organization_id", "customer_id", "code", "username", "created_at", "customer_since", "user_id", "link_evidence", "linked_at", "linked_by", "profile_created_at"])];

    /// <summary>The columns that <see cref="Customer.Read"/> takes, in its order.</summary>
    public static readonly string Columns =
        $"id, {WrittenColumns}, phone_verified_at, last_service_date, last_login_at, status, is_active, is_verified";
}

/// <content>How a customer is read from its row.</content>
public sealed partial class Customer
{
    /// <summary>The customer of a row of <see cref="CustomerRow.Columns"/>.</summary>
    internal static Customer Read(RowCursor row) => new()
    {
        Id = row.Long(),
        Uid = row.Uuid(),
        OrganizationId = row.Uuid(),
        CustomerId = row.Text(),
        Code = row.Text(),
        Username = row.Text(),
        EmailKey = row.OptionalText(),
        Claim = row.Word<EmailClaim>(),
        PhoneE164 = row.OptionalText(),
        CountryCode = row.OptionalText(),
        DeletedAt = row.OptionalTime(),
        TotalServices = row.Int(),
        CustomerSince = row.Time(),
        CreatedAt = row.Time(),
        UpdatedAt = row.Time(),
        Version = row.Long(),
        Details = new CustomerDetails
        {
            FirstName = row.Text(),
            LastName = row.Text(),
            Name = row.Text(),
            CustomerType = row.Word<CustomerType>(),
            Email = row.OptionalText(),
            Phone = row.OptionalText(),
            Mobile = row.OptionalText(),
            DateOfBirth = row.OptionalDate(),
            Gender = row.OptionalText(),
            CompanyName = row.OptionalText(),
            BusinessType = row.OptionalText(),
            TaxId = row.OptionalText(),
            Website = row.OptionalText(),
            Reference = row.OptionalText(),
            CustomerGroup = row.Text(),
            Territory = row.Text(),
            IsPrimaryContact = row.Flag(),
            Address = Address.Read(ref row),
            EmergencyContactName = row.OptionalText(),
            EmergencyContactPhone = row.OptionalText(),
            EmergencyContactRelationship = row.OptionalText(),
            MarketingEmails = row.Flag(),
            MarketingSms = row.Flag(),
            PreferredContactMethod = row.OptionalWord<ContactMethod>(),
            NotificationPreferences = row.Text(),
            Notes = row.OptionalText(),
            Tags = row.Texts(),
            Standing = row.Word<CustomerStanding>(),
            IsBlocked = row.Flag(),
            IsDeleted = row.Flag(),
        },
        UserId = row.OptionalUuid(),
        LinkEvidence = row.OptionalWord<LinkEvidence>(),
        LinkedAt = row.OptionalTime(),
        LinkedBy = row.OptionalUuid(),
        ProfileCreatedAt = row.OptionalTime(),
        EmailVerifiedAt = row.OptionalTime(),
        ErpPartnerId = row.OptionalLong(),
        IsArchived = row.Flag(),
        OdooLastSync = row.OptionalTime(),
        PhoneVerifiedAt = row.OptionalTime(),
        LastServiceDate = row.OptionalTime(),
        LastLoginAt = row.OptionalTime(),
        Status = row.Word<CustomerStatus>(),
        IsActive = row.Flag(),
        IsVerified = row.Flag(),
    };
}
