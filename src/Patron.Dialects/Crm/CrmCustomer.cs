using Patron.Customers.Customers;
using Patron.Dialects.Customers;
using Patron.Linking;
using Patron.Shared;

namespace Patron.Dialects.Crm;

/// <summary>
/// A customer as source 2 writes it. <c>organization</c> and <c>user_id</c> (a number or UUID) count when it is entered; in a change what is
/// left out stays, and <c>null</c> empties a field.
/// </summary>
public sealed record CrmCustomerRequest : AddressParts
{
    public Reference? Organization { get; init; }

    public Reference? UserId { get; init; }

    public Optional<string> Name { get; init; }

    public Optional<string> FirstName { get; init; }

    public Optional<string> LastName { get; init; }

    public Optional<string> Email { get; init; }

    public Optional<string> Phone { get; init; }

    public CustomerType? CustomerType { get; init; }

    public CustomerStatus? Status { get; init; }

    /// <summary>The details as they are, with what the request says.</summary>
    public CustomerDetails ApplyTo(CustomerDetails details)
    {
        var written = details with
        {
            Name = Name.Or(details.Name) ?? "",
            FirstName = FirstName.Or(details.FirstName) ?? "",
            LastName = LastName.Or(details.LastName) ?? "",
            Email = Email.Or(details.Email),
            Phone = Phone.Or(details.Phone),
            CustomerType = CustomerType ?? details.CustomerType,
            Address = ApplyTo(details.Address),
        };
        return Status is { } status ? written.WithStatus(status) : written;
    }
}

/// <summary>A customer of source 2: <c>id</c>, <c>organization</c>, <c>user</c> and <c>user_profile</c> are numbers.</summary>
public sealed record CrmCustomerAnswer(
    long Id, string Code, string Name, string FirstName, string LastName, string? Email, string? Phone, CustomerType CustomerType, CustomerStatus Status,
    long Organization, long? User, long? UserProfile, LinkStatus LinkStatus, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    string? AddressLine1, string? AddressLine2, string? City, string? State, string? PostalCode, string? Country, Guid Uid, string? MergedInto)
{
    public static CrmCustomerAnswer From(CustomerFace face) => From(face, face.Customer, face.Customer.Details);

    private static CrmCustomerAnswer From(CustomerFace face, Customer customer, CustomerDetails details) => new(
        customer.Id, customer.Code, details.Name, details.FirstName, details.LastName, details.Email, details.Phone, details.CustomerType, customer.Status,
        face.Organization, face.User, face.UserProfile, face.LinkStatus, customer.CreatedAt, customer.UpdatedAt,
        details.Address.AddressLine1, details.Address.AddressLine2, details.Address.City, details.Address.State, details.Address.PostalCode, details.Address.Country,
        customer.Uid, customer.MergedInto);
}
