using Patron.Customers.Customers;

namespace Patron.Customers.Addresses;

/// <summary>What people write on an address besides the primary one. Immutable: a change is a function from one to the next.</summary>
public sealed record AddressInput
{
    public AddressType Type { get; init; } = AddressType.Other;

    public Address Address { get; init; } = Address.Empty;
}

/// <summary>One of a customer's addresses. Times are UTC.</summary>
public sealed class CustomerAddress
{
    /// <summary>So many a customer has at most, the primary one not counted.</summary>
    public const int MaxPerCustomer = 100;

    private CustomerAddress()
    {
    }

    public long Id { get; private set; }

    /// <summary>What it is called by. The primary one is called by its customer's.</summary>
    public Guid Uid { get; private set; }

    public Guid CustomerUid { get; private set; }

    public AddressType Type { get; private set; }

    public Address Address { get; private set; } = Address.Empty;

    /// <summary>ISO 3166, two letters, where the country is known.</summary>
    public string? CountryCode { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; }

    internal AddressInput Input => new() { Type = Type, Address = Address };

    internal static CustomerAddress Enter(Customer customer, AddressInput input, DateTimeOffset now)
    {
        var address = new CustomerAddress { Uid = Guid.CreateVersion7(now), CustomerUid = customer.Uid, CreatedAt = now };
        address.Change(input, now);
        return address;
    }

    /// <summary>The address on the customer's row as one of all; null where none is written.</summary>
    internal static CustomerAddress? PrimaryOf(Customer customer) => customer.Details.Address.IsEmpty ? null : new CustomerAddress
    {
        Uid = customer.Uid,
        CustomerUid = customer.Uid,
        Type = AddressType.Primary,
        Address = customer.Details.Address,
        CountryCode = customer.CountryCode,
        CreatedAt = customer.CreatedAt,
        UpdatedAt = customer.UpdatedAt,
    };

    /// <summary>Takes over what has been checked.</summary>
    internal void Change(AddressInput after, DateTimeOffset now)
    {
        Type = after.Type;
        Address = after.Address;
        CountryCode = Countries.CodeOf(after.Address.Country);
        UpdatedAt = now;
    }
}
