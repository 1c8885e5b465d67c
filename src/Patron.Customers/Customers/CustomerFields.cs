using Patron.Customers.Addresses;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>
/// The one table of what people write on a customer: rules (lengths of source 5 where it gives one), ownership, audit entries and
/// the fields open to customers all read it.
/// </summary>
internal static class CustomerFields
{
    public static readonly IReadOnlyList<CustomerField> All =
    [
        Text("first_name", details => details.FirstName, 100) with { OwnedByAccount = true },
        Text("last_name", details => details.LastName, 100) with { OwnedByAccount = true },
        Text("name", details => details.Name, 255) with { OwnedByAccountOfIndividual = true },
        new("customer_type", details => details.CustomerType),
        new("email", details => details.Email) { Rule = (value, _) => CustomerRules.Email((string)value), OwnedByAccount = true },
        Phone("phone", details => details.Phone) with { OwnedByAccount = true },
        Phone("mobile", details => details.Mobile),
        new("date_of_birth", details => details.DateOfBirth)
        {
            Rule = (value, today) => CustomerRules.BirthDate((DateOnly)value, today),
            OpenToCustomer = true,
        },
        Text("gender", details => details.Gender, 20) with { OpenToCustomer = true },
        Text("company_name", details => details.CompanyName, 255) with { OpenToCustomer = true },
        Text("business_type", details => details.BusinessType, 100) with { OpenToCustomer = true },
        Text("tax_id", details => details.TaxId, 50) with { OpenToCustomer = true },
        new("website", details => details.Website) { Rule = (value, _) => CustomerRules.Website((string)value), OpenToCustomer = true },
        Text("reference", details => details.Reference, 100),
        Text("customer_group", details => details.CustomerGroup, 100),
        Text("territory", details => details.Territory, 100),
        new("is_primary_contact", details => details.IsPrimaryContact),
        .. AddressFields.Parts.Select(part => new CustomerField(part.Name, details => part.Read(details.Address)) { Rule = part.Rule, OpenToCustomer = true, OwnedTogether = CustomerField.Address }),
        Text("emergency_contact_name", details => details.EmergencyContactName, 200) with { OpenToCustomer = true },
        Phone("emergency_contact_phone", details => details.EmergencyContactPhone) with { OpenToCustomer = true },
        Text("emergency_contact_relationship", details => details.EmergencyContactRelationship, 100) with { OpenToCustomer = true },
        new("marketing_emails", details => details.MarketingEmails) { OpenToCustomer = true, IsConsent = true },
        new("marketing_sms", details => details.MarketingSms) { OpenToCustomer = true, IsConsent = true },
        new("preferred_contact_method", details => details.PreferredContactMethod) { OpenToCustomer = true },
        new("notification_preferences", details => new JsonText(details.NotificationPreferences))
        {
            Rule = (value, _) => CustomerRules.Preferences((JsonText)value),
            OpenToCustomer = true,
        },
        new("notes", details => details.Notes) { Rule = (value, _) => CustomerRules.Text((string)value, 10_000, severalLines: true) },
        new("tags", details => details.Tags) { Rule = (value, _) => CustomerRules.Tags((string[])value) },
        new("standing", details => details.Standing),
        new("is_blocked", details => details.IsBlocked),
        new("is_deleted", details => details.IsDeleted),
    ];

    /// <summary>The fields in which the two differ.</summary>
    public static IReadOnlyList<CustomerField> Changed(CustomerDetails before, CustomerDetails after) => All.Changed(before, after);

    /// <summary>The fields with these names.</summary>
    public static IEnumerable<CustomerField> Named(IReadOnlyCollection<string> names) =>
        All.Where(field => names.Contains(field.Name, StringComparer.Ordinal));

    /// <summary>The 422 for the given fields, or null. Required ones may not be empty, and some name there must be, unless an account has it.</summary>
    public static Error? Check(
        CustomerDetails details, IEnumerable<CustomerField> fields, IReadOnlyCollection<string> required, DateTimeOffset now, bool isLinked = false)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var errors = new FieldErrors();
        foreach (var field in fields)
        {
            field.Check(details, required.Contains(field.Name, StringComparer.Ordinal), today, errors);
        }

        if (details.Name.Length == 0 && !isLinked && !errors.Any)
        {
            errors.Add("name", "A customer needs a name: first and last name, or the name of a company.");
        }

        return errors.Any ? errors.ToError() : null;
    }

    private static CustomerField Text(string name, Func<CustomerDetails, string?> read, int max) =>
        new(name, read) { Rule = (value, _) => CustomerRules.Text((string)value, max) };

    private static CustomerField Phone(string name, Func<CustomerDetails, string?> read) =>
        new(name, read) { Rule = (value, _) => CustomerRules.Phone((string)value) };
}
