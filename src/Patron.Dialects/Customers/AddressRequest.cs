using Patron.Customers.Addresses;
using Patron.Shared;

namespace Patron.Dialects.Customers;

/// <summary>The parts of an address in a request. What is left out stays, and <c>null</c> empties a part.</summary>
public abstract record AddressParts
{
    public Optional<string> AddressLine1 { get; init; }

    public Optional<string> AddressLine2 { get; init; }

    public Optional<string> City { get; init; }

    public Optional<string> State { get; init; }

    public Optional<string> PostalCode { get; init; }

    public Optional<string> Country { get; init; }

    /// <summary>The address as it is, with what the request says.</summary>
    public Address ApplyTo(Address address) => address with
    {
        AddressLine1 = AddressLine1.Or(address.AddressLine1),
        AddressLine2 = AddressLine2.Or(address.AddressLine2),
        City = City.Or(address.City),
        State = State.Or(address.State),
        PostalCode = PostalCode.Or(address.PostalCode),
        Country = Country.Or(address.Country),
    };
}

/// <summary>An address besides the primary one. A new one without type is an <c>other</c> one.</summary>
public sealed record AddressRequest : AddressParts
{
    public AddressType? Type { get; init; }

    /// <summary>What is written, with what the request says.</summary>
    public AddressInput ApplyTo(AddressInput input) => new() { Type = Type ?? input.Type, Address = ApplyTo(input.Address) };
}
