using System.Text.Json.Serialization;

namespace Limit;

/// <summary>A customer in a list, with the fields of Patron's answer.</summary>
internal sealed record ListItem(
    long Id, string CustomerId, string Username, string FirstName, string LastName, string? Email, string? Phone,
    string? AddressLine1, string? City, string? State, string? PostalCode, string? Country,
    DateTime? DateOfBirth, string? Gender, string? CompanyName,
    bool IsActive, bool IsVerified, bool EmailVerified, bool PhoneVerified, bool MarketingEmails, bool MarketingSms,
    string? Notes, string? Tags, DateTime CreatedAt, DateTime UpdatedAt, DateTime? LastLoginAt,
    string FullName, string FullAddress);

/// <summary>A customer, with the fields of Patron's answer.</summary>
internal sealed record Answer(
    long Id, string CustomerId, string Username, string FirstName, string LastName, string? Email, string? Phone,
    string? AddressLine1, string? City, string? State, string? PostalCode, string? Country,
    DateTime? DateOfBirth, string? Gender, string? CompanyName,
    bool IsActive, bool IsVerified, bool EmailVerified, bool PhoneVerified, bool MarketingEmails, bool MarketingSms,
    string? Notes, string? Tags, DateTime CreatedAt, DateTime UpdatedAt, DateTime? LastLoginAt,
    string FullName, string FullAddress,
    Guid Uid, string AccountNumber, string Code, Guid OrganizationId, Guid? UserId,
    string Name, string CustomerType, string Status,
    string? Mobile, string? PhoneE164, string? AddressLine2, string? CountryCode,
    string? BusinessType, string? TaxId, string? Website, string? Reference, string CustomerGroup, string Territory, bool IsPrimaryContact,
    string? EmergencyContactName, string? EmergencyContactPhone, string? EmergencyContactRelationship,
    string? PreferredContactMethod, [property: JsonConverter(typeof(RawJson))] string NotificationPreferences,
    DateTime? EmailVerifiedAt, DateTime CustomerSince, int TotalServices, DateTime? LastServiceDate,
    DateTime? OdooLastSync, DateTime? DeletedAt, string? PreferredName, string? Language, string? MergedInto, List<string>? Incomplete);

/// <summary>A customer and its ETag.</summary>
internal sealed record TaggedAnswer(Answer Answer, string Tag);

/// <summary>A new customer, with the fields that the load test sends.</summary>
internal sealed record NewCustomer(
    string FirstName, string LastName, string Email, string Phone,
    string AddressLine1, string City, string State, string PostalCode, string Country, string Tags);

/// <summary>A search, with the fields that the load test sends.</summary>
internal sealed record SearchRequest(string Query, int Page, int Limit);

/// <summary>A page of search results, with the fields of Patron's answer.</summary>
internal sealed record SearchAnswer(List<ListItem> Customers, long Total, int Page, int Limit, long TotalPages, bool TotalIsExact);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Answer))]
[JsonSerializable(typeof(List<ListItem>))]
[JsonSerializable(typeof(NewCustomer))]
[JsonSerializable(typeof(SearchRequest))]
[JsonSerializable(typeof(SearchAnswer))]
internal sealed partial class LimitJson : JsonSerializerContext;
