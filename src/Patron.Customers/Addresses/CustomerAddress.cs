using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.Shared.Results;
using static Patron.Customers.Schema.FieldKinds;

namespace Patron.Customers.Addresses;

/// <summary>One of a customer's addresses besides the primary one. Times are UTC.</summary>
public sealed class CustomerAddress
{
    /// <summary>The most addresses a customer may have, not counting the primary one.</summary>
    public const int MaxPerCustomer = 100;

    internal CustomerAddress()
    {
    }

    public long Id { get; internal set; }

    /// <summary>Identifies the address. The primary address has its customer's uid.</summary>
    public Guid Uid { get; internal set; }

    public Guid OrganizationId { get; internal set; }

    public Guid CustomerUid { get; internal set; }

    /// <summary>The merged record that the address was added to; null where it was added to this customer.</summary>
    public Guid? OriginUid { get; internal set; }

    /// <summary>The merge that made it of a primary address; null where people added it.</summary>
    public long? MadeByMerge { get; internal set; }

    public AddressType Type { get; internal set; } = AddressType.Other;

    public string? AddressLine1 { get; internal set; }

    public string? AddressLine2 { get; internal set; }

    public string? City { get; internal set; }

    public string? State { get; internal set; }

    public string? PostalCode { get; internal set; }

    public string? Country { get; internal set; }

    /// <summary>ISO 3166, two letters, where the country is known.</summary>
    public string? CountryCode { get; internal set; }

    public DateTimeOffset CreatedAt { get; internal set; }

    public DateTimeOffset UpdatedAt { get; internal set; }

    public Address Address => new()
    {
        AddressLine1 = AddressLine1,
        AddressLine2 = AddressLine2,
        City = City,
        State = State,
        PostalCode = PostalCode,
        Country = Country,
    };

    internal static CustomerAddress Create(Customer customer, Address address, AddressType type, DateTimeOffset now) => new()
    {
        Uid = Guid.CreateVersion7(now),
        OrganizationId = customer.OrganizationId,
        CustomerUid = customer.Uid,
        OriginUid = customer.NamedUid,
        Type = type,
        AddressLine1 = address.AddressLine1,
        AddressLine2 = address.AddressLine2,
        City = address.City,
        State = address.State,
        PostalCode = address.PostalCode,
        Country = address.Country,
        CountryCode = Countries.CodeOf(address.Country),
        CreatedAt = now,
        UpdatedAt = now,
    };

    /// <summary>The address on the customer's row in the form of the others; null where it is empty.</summary>
    internal static CustomerAddress? PrimaryOf(Customer customer)
    {
        if (customer.Address.IsEmpty)
        {
            return null;
        }

        var primary = Create(customer, customer.Address, AddressType.Primary, customer.CreatedAt);
        (primary.Uid, primary.UpdatedAt) = (customer.Uid, customer.UpdatedAt);
        return primary;
    }

    /// <summary>A copy of the address with these changes.</summary>
    internal CustomerAddress With(AddressChanges changes)
    {
        var after = (CustomerAddress)MemberwiseClone();
        changes.Apply(after);
        after.CountryCode = Countries.CodeOf(after.Country);
        return after;
    }
}

/// <summary>A change of an address.</summary>
public sealed class AddressChanges(params IEnumerable<FieldValue<CustomerAddress>> values)
    : RecordChanges<CustomerAddress>(AddressSchema.Fields, values);

/// <summary>The declared address: one entry for each column of its table, with the lengths of source 5.</summary>
public static class AddressSchema
{
    public static readonly Field<CustomerAddress, long> Id = new("id", Long, address => address.Id, (address, value) => address.Id = value)
    { Column = FieldColumn.Generated };

    public static readonly Field<CustomerAddress, Guid> Uid = new(
        "uid", Uuid, address => address.Uid, (address, value) => address.Uid = value)
    { Column = FieldColumn.Identity, Description = "What the address is called by; the primary one's is the customer's uid." };

    public static readonly Field<CustomerAddress, Guid> OrganizationId = new(
        "organization_id", Uuid, address => address.OrganizationId, (address, value) => address.OrganizationId = value)
    { Column = FieldColumn.Identity };

    public static readonly Field<CustomerAddress, Guid> CustomerUid = new(
        "customer_uid", Uuid, address => address.CustomerUid, (address, value) => address.CustomerUid = value)
    { Column = FieldColumn.Identity };

    public static readonly Field<CustomerAddress, Guid?> OriginUid = new(
        "origin_uid", OptionalUuid, address => address.OriginUid, (address, value) => address.OriginUid = value)
    { Column = FieldColumn.Identity };

    public static readonly Field<CustomerAddress, long?> MadeByMerge = new(
        "made_by_merge", OptionalLong, address => address.MadeByMerge, (address, value) => address.MadeByMerge = value)
    { Column = FieldColumn.Identity };

    public static readonly Field<CustomerAddress, AddressType> Type = new(
        "type", Enum<AddressType>(), address => address.Type, (address, value) => address.Type = value)
    { Writer = FieldWriter.Customer, Description = "What the address is for; other unless it is said." };

    public static readonly Field<CustomerAddress, string?> AddressLine1 = new(
        "address_line1", Text(255), address => address.AddressLine1, (address, value) => address.AddressLine1 = value)
    { Writer = FieldWriter.Customer, Description = "Street and number." };

    public static readonly Field<CustomerAddress, string?> AddressLine2 = new(
        "address_line2", Text(255), address => address.AddressLine2, (address, value) => address.AddressLine2 = value)
    { Writer = FieldWriter.Customer, Description = "What else an address needs." };

    public static readonly Field<CustomerAddress, string?> City = new(
        "city", Text(100), address => address.City, (address, value) => address.City = value)
    { Writer = FieldWriter.Customer, Description = "The city or town." };

    public static readonly Field<CustomerAddress, string?> State = new(
        "state", Text(100), address => address.State, (address, value) => address.State = value)
    { Writer = FieldWriter.Customer, Description = "The state, province or region." };

    public static readonly Field<CustomerAddress, string?> PostalCode = new(
        "postal_code", Text(20), address => address.PostalCode, (address, value) => address.PostalCode = value)
    { Writer = FieldWriter.Customer, Description = "The postal code." };

    public static readonly Field<CustomerAddress, string?> Country = new(
        "country", Text(100), address => address.Country, (address, value) => address.Country = value)
    { Writer = FieldWriter.Customer, Description = "As people write it: a name, or a code of two or three letters." };

    public static readonly Field<CustomerAddress, string?> CountryCode = new(
        "country_code", OptionalText, address => address.CountryCode, (address, value) => address.CountryCode = value)
    { Description = "The country by ISO 3166, two letters, where it is known." };

    public static readonly Field<CustomerAddress, DateTimeOffset> CreatedAt = new(
        "created_at", Time, address => address.CreatedAt, (address, value) => address.CreatedAt = value)
    { Column = FieldColumn.Identity, Description = "When it was added." };

    public static readonly Field<CustomerAddress, DateTimeOffset> UpdatedAt = new(
        "updated_at", Time, address => address.UpdatedAt, (address, value) => address.UpdatedAt = value)
    { Description = "When it last changed." };

    public static readonly RecordSchema<CustomerAddress> Fields = new(
        Id, Uid, OrganizationId, CustomerUid, OriginUid, MadeByMerge, Type, AddressLine1, AddressLine2, City, State, PostalCode, Country, CountryCode, CreatedAt,
        UpdatedAt);

    private const string PrimaryIsElsewhere =
        "The primary address is part of the customer. Change it there (PUT /api/v1/customers/{customer_id}/). Here you can add billing, shipping and other addresses.";

    /// <summary>
    /// The 422 for the given fields, added to the existing errors, or null. At least one part of the address is required.
    /// </summary>
    internal static Error? Check(
        CustomerAddress address, IEnumerable<Field<CustomerAddress>> fields, DateTimeOffset now, FieldErrors? errors)
    {
        errors ??= new FieldErrors();
        RecordSchema<CustomerAddress>.Check(address, fields, required: [], DateOnly.FromDateTime(now.UtcDateTime), errors);
        if (address.Type == AddressType.Primary)
        {
            errors.Add(Type.Name, PrimaryIsElsewhere);
        }

        if (address.Address.IsEmpty && !errors.Any)
        {
            errors.Add(AddressLine1.Name, "Enter a street, city, postal code or country.");
        }

        return errors.Any ? errors.ToError() : null;
    }
}
