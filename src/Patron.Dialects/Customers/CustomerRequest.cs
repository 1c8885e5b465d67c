using Patron.Customers.Customers;
using Patron.Shared;

namespace Patron.Dialects.Customers;

/// <summary>
/// A customer as source 5 writes it. In an update what is left out stays, and <c>null</c> empties a field; fields that are always
/// there (flags, type) take <c>null</c> as left out.
/// </summary>
public sealed record CustomerRequest : AddressParts
{
    public Optional<string> FirstName { get; init; }

    public Optional<string> LastName { get; init; }

    public Optional<string> Name { get; init; }

    public CustomerType? CustomerType { get; init; }

    public Optional<string> Email { get; init; }

    public Optional<string> Phone { get; init; }

    public Optional<string> Mobile { get; init; }

    public Optional<BirthDate?> DateOfBirth { get; init; }

    public Optional<string> Gender { get; init; }

    public Optional<string> CompanyName { get; init; }

    public Optional<string> BusinessType { get; init; }

    public Optional<string> TaxId { get; init; }

    public Optional<string> Website { get; init; }

    public Optional<string> Reference { get; init; }

    public Optional<string> CustomerGroup { get; init; }

    public Optional<string> Territory { get; init; }

    public bool? IsPrimaryContact { get; init; }

    public Optional<string> EmergencyContactName { get; init; }

    public Optional<string> EmergencyContactPhone { get; init; }

    public Optional<string> EmergencyContactRelationship { get; init; }

    public bool? MarketingEmails { get; init; }

    public bool? MarketingSms { get; init; }

    public Optional<ContactMethod?> PreferredContactMethod { get; init; }

    public Optional<JsonObjectText?> NotificationPreferences { get; init; }

    public Optional<string> Notes { get; init; }

    public Optional<string> Tags { get; init; }

    public CustomerStatus? Status { get; init; }

    public bool? IsActive { get; init; }

    /// <summary>The details as they are, with what the request says. Of <c>status</c> and <c>is_active</c> the latter has the last word.</summary>
    public CustomerDetails ApplyTo(CustomerDetails details)
    {
        var written = details with
        {
            FirstName = FirstName.Or(details.FirstName) ?? "",
            LastName = LastName.Or(details.LastName) ?? "",
            Name = Name.Or(details.Name) ?? "",
            CustomerType = CustomerType ?? details.CustomerType,
            Email = Email.Or(details.Email),
            Phone = Phone.Or(details.Phone),
            Mobile = Mobile.Or(details.Mobile),
            DateOfBirth = DateOfBirth.IsGiven ? DateOfBirth.Value?.Date : details.DateOfBirth,
            Gender = Gender.Or(details.Gender),
            Address = ApplyTo(details.Address),
            CompanyName = CompanyName.Or(details.CompanyName),
            BusinessType = BusinessType.Or(details.BusinessType),
            TaxId = TaxId.Or(details.TaxId),
            Website = Website.Or(details.Website),
            Reference = Reference.Or(details.Reference),
            CustomerGroup = CustomerGroup.Or(details.CustomerGroup) ?? "",
            Territory = Territory.Or(details.Territory) ?? "",
            IsPrimaryContact = IsPrimaryContact ?? details.IsPrimaryContact,
            EmergencyContactName = EmergencyContactName.Or(details.EmergencyContactName),
            EmergencyContactPhone = EmergencyContactPhone.Or(details.EmergencyContactPhone),
            EmergencyContactRelationship = EmergencyContactRelationship.Or(details.EmergencyContactRelationship),
            MarketingEmails = MarketingEmails ?? details.MarketingEmails,
            MarketingSms = MarketingSms ?? details.MarketingSms,
            PreferredContactMethod = PreferredContactMethod.Or(details.PreferredContactMethod),
            NotificationPreferences = NotificationPreferences.IsGiven ? NotificationPreferences.Value?.Json ?? "{}" : details.NotificationPreferences,
            Notes = Notes.Or(details.Notes),
            Tags = Tags.IsGiven ? CustomerTags.Parse(Tags.Value) : details.Tags,
        };
        var standing = Status is { } status ? written.WithStatus(status) : written;
        return IsActive is { } active ? standing.WithActivity(active) : standing;
    }
}
