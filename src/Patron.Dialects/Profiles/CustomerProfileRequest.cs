using Patron.Customers.Addresses;
using Patron.Customers.Customers;
using Patron.Customers.Profiles;
using Patron.Dialects.Customers;
using Patron.Shared;

namespace Patron.Dialects.Profiles;

/// <summary>
/// A profile as source 3 writes it. What is left out stays, <c>null</c> and blank texts empty a field; flags take <c>null</c> as left out. What the
/// account owns may be there as it is, and is only compared.
/// </summary>
public sealed record CustomerProfileRequest
{
    /// <summary>How the core's fields are called here.</summary>
    internal static readonly IReadOnlyDictionary<string, string> FieldNames =
        new Dictionary<string, string>(StringComparer.Ordinal) { ["address_line1"] = "street_address" };

    public Optional<string> StreetAddress { get; init; }

    public Optional<string> AddressLine2 { get; init; }

    public Optional<string> City { get; init; }

    public Optional<string> State { get; init; }

    public Optional<string> PostalCode { get; init; }

    public Optional<string> Country { get; init; }

    public Optional<string> CompanyName { get; init; }

    public Optional<string> BusinessType { get; init; }

    public Optional<string> TaxId { get; init; }

    public Optional<string> Website { get; init; }

    public Optional<BirthDate?> DateOfBirth { get; init; }

    public Optional<string> Gender { get; init; }

    public Optional<string> EmergencyContactName { get; init; }

    public Optional<string> EmergencyContactPhone { get; init; }

    public Optional<string> EmergencyContactRelationship { get; init; }

    public Optional<ContactMethod?> PreferredContactMethod { get; init; }

    public Optional<JsonObjectText?> NotificationPreferences { get; init; }

    public bool? MarketingEmails { get; init; }

    public bool? MarketingSms { get; init; }

    /// <summary>The account's.</summary>
    public Optional<string> FirstName { get; init; }

    /// <summary>The account's.</summary>
    public Optional<string> LastName { get; init; }

    /// <summary>The account's.</summary>
    public Optional<string> Email { get; init; }

    /// <summary>The account's.</summary>
    public Optional<string> PhoneNumber { get; init; }

    internal ProfileInput ToInput(IReadOnlyCollection<long>? expectedVersions = null) => new(ApplyTo)
    {
        FirstName = FirstName, LastName = LastName, Email = Email, PhoneNumber = PhoneNumber, ExpectedVersions = expectedVersions,
    };

    private CustomerDetails ApplyTo(CustomerDetails details) => details with
    {
        Address = ApplyTo(details.Address),
        CompanyName = CompanyName.Or(details.CompanyName),
        BusinessType = BusinessType.Or(details.BusinessType),
        TaxId = TaxId.Or(details.TaxId),
        Website = Website.Or(details.Website),
        DateOfBirth = DateOfBirth.IsGiven ? DateOfBirth.Value?.Date : details.DateOfBirth,
        Gender = Gender.Or(details.Gender),
        EmergencyContactName = EmergencyContactName.Or(details.EmergencyContactName),
        EmergencyContactPhone = EmergencyContactPhone.Or(details.EmergencyContactPhone),
        EmergencyContactRelationship = EmergencyContactRelationship.Or(details.EmergencyContactRelationship),
        PreferredContactMethod = PreferredContactMethod.Or(details.PreferredContactMethod),
        NotificationPreferences = NotificationPreferences.IsGiven ? NotificationPreferences.Value?.Json ?? "{}" : details.NotificationPreferences,
        MarketingEmails = MarketingEmails ?? details.MarketingEmails,
        MarketingSms = MarketingSms ?? details.MarketingSms,
    };

    private Address ApplyTo(Address address) => address with
    {
        AddressLine1 = StreetAddress.Or(address.AddressLine1),
        AddressLine2 = AddressLine2.Or(address.AddressLine2),
        City = City.Or(address.City),
        State = State.Or(address.State),
        PostalCode = PostalCode.Or(address.PostalCode),
        Country = Country.Or(address.Country),
    };
}

/// <summary>Whose profile is asked for; one's own where it is left out.</summary>
public sealed record CheckProfileRequest
{
    public Guid? UserId { get; init; }
}
