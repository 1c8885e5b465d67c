using Patron.Customers.Addresses;

namespace Patron.Dialects.Customers;

/// <summary>One of a customer's addresses; the primary one's id is the customer's uid.</summary>
public sealed record AddressAnswer(
    Guid Id, AddressType Type, string? AddressLine1, string? AddressLine2, string? City, string? State, string? PostalCode, string? Country,
    string? CountryCode, string FullAddress, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static AddressAnswer From(CustomerAddress address) => From(address, address.Address);

    private static AddressAnswer From(CustomerAddress row, Address address) => new(
        row.Uid, row.Type, address.AddressLine1, address.AddressLine2, address.City, address.State, address.PostalCode, address.Country,
        row.CountryCode, address.FullAddress, row.CreatedAt, row.UpdatedAt);
}
