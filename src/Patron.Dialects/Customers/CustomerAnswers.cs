using System.Text.Json.Serialization;
using Patron.Customers.Customers;
using Patron.Customers.Search;

namespace Patron.Dialects.Customers;

/// <summary>
/// A customer as source 5 prints it: these 28 fields, in lists no others, unless a part of them is missing. Names are null only then.
/// </summary>
public sealed record CustomerListItem(
    long Id, string CustomerId, string Username, string? FirstName, string? LastName, string? Email, string? Phone,
    string? AddressLine1, string? City, string? State, string? PostalCode, string? Country,
    BirthDate? DateOfBirth, string? Gender, string? CompanyName,
    bool IsActive, bool IsVerified, bool EmailVerified, bool PhoneVerified, bool MarketingEmails, bool MarketingSms,
    string? Notes, string? Tags, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? LastLoginAt,
    string? FullName, string FullAddress)
{
    /// <summary>What could not be looked up: <c>accounts</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Incomplete { get; init; }

    public static CustomerListItem From(CustomerSummary customer) => new(
        customer.Id, customer.CustomerId, customer.Username,
        customer.Incomplete.NullIfUnknown(customer.FirstName), customer.Incomplete.NullIfUnknown(customer.LastName), customer.Email, customer.Phone,
        customer.Address.AddressLine1, customer.Address.City, customer.Address.State, customer.Address.PostalCode, customer.Address.Country,
        BirthDate.From(customer.DateOfBirth), customer.Gender, customer.CompanyName,
        customer.IsActive, customer.IsVerified, customer.EmailVerified, customer.PhoneVerified, customer.MarketingEmails, customer.MarketingSms,
        customer.Notes, CustomerTags.Format(customer.Tags), customer.CreatedAt, customer.UpdatedAt, customer.LastLoginAt,
        customer.Incomplete.NullIfUnknown(customer.FullName), customer.Address.FullAddress) { Incomplete = customer.Incomplete };
}

/// <summary>One customer: the 28 fields of source 5 as it prints them, then the rest of the record. Names are null only where they are missing.</summary>
public record CustomerAnswer(
    long Id, string CustomerId, string Username, string? FirstName, string? LastName, string? Email, string? Phone,
    string? AddressLine1, string? City, string? State, string? PostalCode, string? Country,
    BirthDate? DateOfBirth, string? Gender, string? CompanyName,
    bool IsActive, bool IsVerified, bool EmailVerified, bool PhoneVerified, bool MarketingEmails, bool MarketingSms,
    string? Notes, string? Tags, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? LastLoginAt,
    string? FullName, string FullAddress,
    Guid Uid, string AccountNumber, string Code, Guid OrganizationId, Guid? UserId,
    string? Name, CustomerType CustomerType, CustomerStatus Status,
    string? Mobile, string? PhoneE164, string? AddressLine2, string? CountryCode,
    string? BusinessType, string? TaxId, string? Website, string? Reference, string CustomerGroup, string Territory, bool IsPrimaryContact,
    string? EmergencyContactName, string? EmergencyContactPhone, string? EmergencyContactRelationship,
    ContactMethod? PreferredContactMethod, JsonObjectText NotificationPreferences,
    DateTimeOffset? EmailVerifiedAt, DateTimeOffset CustomerSince, int TotalServices, DateTimeOffset? LastServiceDate,
    DateTimeOffset? OdooLastSync, DateTimeOffset? DeletedAt, string? MergedInto,
    IReadOnlyList<string>? Incomplete)
{
    public static CustomerAnswer From(Customer customer) => From(customer, customer.Details);

    private static CustomerAnswer From(Customer customer, CustomerDetails details) => new(
        customer.Id, customer.CustomerId, customer.Username,
        customer.Incomplete.NullIfUnknown(details.FirstName), customer.Incomplete.NullIfUnknown(details.LastName), details.Email, details.Phone,
        details.Address.AddressLine1, details.Address.City, details.Address.State, details.Address.PostalCode, details.Address.Country,
        BirthDate.From(details.DateOfBirth), details.Gender, details.CompanyName,
        customer.IsActive, customer.IsVerified, customer.EmailVerifiedAt is not null, customer.PhoneVerifiedAt is not null,
        details.MarketingEmails, details.MarketingSms,
        details.Notes, CustomerTags.Format(details.Tags), customer.CreatedAt, customer.UpdatedAt, customer.LastLoginAt,
        customer.Incomplete.NullIfUnknown(details.FullName), details.Address.FullAddress,
        customer.Uid, customer.AccountNumber, customer.Code, customer.OrganizationId, customer.UserId,
        customer.Incomplete.NullIfUnknown(details.Name), details.CustomerType, customer.Status,
        details.Mobile, customer.PhoneE164, details.Address.AddressLine2, customer.CountryCode,
        details.BusinessType, details.TaxId, details.Website, details.Reference, details.CustomerGroup, details.Territory, details.IsPrimaryContact,
        details.EmergencyContactName, details.EmergencyContactPhone, details.EmergencyContactRelationship,
        details.PreferredContactMethod, new JsonObjectText(details.NotificationPreferences),
        customer.EmailVerifiedAt, customer.CustomerSince, customer.TotalServices, customer.LastServiceDate,
        customer.OdooLastSync, customer.DeletedAt, customer.MergedInto, customer.Incomplete);
}

/// <summary>A deleted customer in its last state, and what can be done about it.</summary>
public sealed record DeletedCustomerAnswer : CustomerAnswer
{
    private DeletedCustomerAnswer(CustomerAnswer customer, string detail)
        : base(customer) => Detail = detail;

    [JsonPropertyOrder(1)]
    public string Detail { get; }

    public static DeletedCustomerAnswer Restorable(CustomerAnswer customer) =>
        new(customer, $"The customer is deleted; POST /api/v1/customers/{customer.CustomerId}/restore/ takes it back.");

    public static DeletedCustomerAnswer Erased(CustomerAnswer customer) => new(customer, "The customer is erased for good; this is the last that Patron shows of it.");
}

/// <summary>How answers show what is missing.</summary>
internal static class IncompleteAnswers
{
    /// <summary>An empty name of an incomplete record is not known, which is not the same as empty.</summary>
    public static string? NullIfUnknown(this IReadOnlyList<string>? incomplete, string name) => incomplete is not null && name.Length == 0 ? null : name;
}
