using System.Text.Json.Serialization;
using Patron.Customers.Customers;
using Patron.Customers.Profiles;
using Patron.Dialects.Customers;

namespace Patron.Dialects.Profiles;

/// <summary>
/// A profile: the customer's fields of source 3, and those of the account beside them, which are null only where they could not be looked up
/// (<c>incomplete</c> says so) and for a phone that there is not.
/// </summary>
public record CustomerProfileAnswer(
    Guid Id, Guid? UserId, string? Email, string? FirstName, string? LastName, string? PhoneNumber,
    string? StreetAddress, string? AddressLine2, string? City, string? State, string? PostalCode, string? Country,
    string? CompanyName, string? BusinessType, string? TaxId, string? Website, DateOnly? DateOfBirth, string? Gender,
    string? EmergencyContactName, string? EmergencyContactPhone, string? EmergencyContactRelationship,
    bool IsVerified, DateTimeOffset CustomerSince, int TotalServices, DateTimeOffset? LastServiceDate,
    ContactMethod? PreferredContactMethod, JsonObjectText NotificationPreferences, bool MarketingEmails, bool MarketingSms,
    CustomerStatus Status, bool IsActive, string CustomerId, string AccountNumber, string Code, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    IReadOnlyList<string>? PendingChanges, string? MergedInto, IReadOnlyList<string>? Incomplete)
{
    public static CustomerProfileAnswer From(Profile profile) => From(profile, profile.Customer, profile.Customer.Details);

    private static CustomerProfileAnswer From(Profile profile, Customer customer, CustomerDetails details) => new(
        customer.Uid, customer.UserId, profile.Account?.Email, profile.Account?.FirstName, profile.Account?.LastName, profile.Account?.Phone,
        details.Address.AddressLine1, details.Address.AddressLine2, details.Address.City, details.Address.State, details.Address.PostalCode, details.Address.Country,
        details.CompanyName, details.BusinessType, details.TaxId, details.Website, details.DateOfBirth, details.Gender,
        details.EmergencyContactName, details.EmergencyContactPhone, details.EmergencyContactRelationship,
        customer.IsVerified, customer.CustomerSince, customer.TotalServices, customer.LastServiceDate,
        details.PreferredContactMethod, new JsonObjectText(details.NotificationPreferences), details.MarketingEmails, details.MarketingSms,
        customer.Status, customer.IsActive, customer.CustomerId, customer.AccountNumber, customer.Code, customer.CreatedAt, customer.UpdatedAt,
        profile.PendingChanges is { Count: > 0 } waiting ? waiting : null, customer.MergedInto, customer.Incomplete);
}

/// <summary>A deleted profile in its last state, and what can be done about it.</summary>
public sealed record DeletedCustomerProfileAnswer : CustomerProfileAnswer
{
    private DeletedCustomerProfileAnswer(CustomerProfileAnswer profile)
        : base(profile)
    {
    }

    [JsonPropertyOrder(1)]
    public string Detail { get; } = "Your profile is deleted; POST /api/v1/customers/profile/create/ takes it back.";

    public static new DeletedCustomerProfileAnswer From(Profile profile) => new(CustomerProfileAnswer.From(profile));
}

/// <summary>Whether there is a profile.</summary>
public sealed record CheckProfileAnswer(bool Exists, string? CustomerId)
{
    public static CheckProfileAnswer From(ProfileCheck check) => new(check.Exists, check.CustomerId);
}

/// <summary>How many services a customer has been rendered by now.</summary>
public sealed record CountedServiceAnswer(Guid Id, string CustomerId, Guid? UserId, int TotalServices, DateTimeOffset? LastServiceDate)
{
    public static CountedServiceAnswer From(Customer customer) =>
        new(customer.Uid, customer.CustomerId, customer.UserId, customer.TotalServices, customer.LastServiceDate);
}
