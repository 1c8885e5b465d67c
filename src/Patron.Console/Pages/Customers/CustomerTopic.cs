using Patron.Customers.Customers;
using Patron.Customers.Schema;

namespace Patron.StaffConsole.Pages.Customers;

/// <summary>The fields of a customer that are shown and edited together: one card of the customer's page, one form.</summary>
public sealed record CustomerTopic(string Name, IReadOnlyList<Field<Customer>> Fields)
{
    /// <summary>All topics, in the order of the page.</summary>
    public static IReadOnlyList<CustomerTopic> All { get; } =
    [
        new("person", [
            CustomerSchema.Type, CustomerSchema.FirstName, CustomerSchema.LastName, CustomerSchema.Name, CustomerSchema.PreferredName,
            CustomerSchema.DateOfBirth, CustomerSchema.Gender, CustomerSchema.Language]),
        new("contact", [CustomerSchema.Email, CustomerSchema.Phone, CustomerSchema.Mobile, CustomerSchema.PreferredContactMethod]),
        new("address", [
            CustomerSchema.AddressLine1, CustomerSchema.AddressLine2, CustomerSchema.PostalCode, CustomerSchema.City, CustomerSchema.State,
            CustomerSchema.Country]),
        new("business", [
            CustomerSchema.CompanyName, CustomerSchema.BusinessType, CustomerSchema.TaxId, CustomerSchema.Website, CustomerSchema.Reference,
            CustomerSchema.Group, CustomerSchema.Territory, CustomerSchema.IsPrimaryContact]),
        new("marketing", [CustomerSchema.MarketingEmails, CustomerSchema.MarketingSms]),
        new("emergency", [
            CustomerSchema.EmergencyContactName, CustomerSchema.EmergencyContactPhone, CustomerSchema.EmergencyContactRelationship]),
        new("notes", [CustomerSchema.Notes]),
    ];

    public static CustomerTopic? Find(string name) => All.FirstOrDefault(topic => topic.Name == name);
}
