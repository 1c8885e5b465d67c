using Patron.Customers.Customers;
using Patron.Shared.Results;

namespace Patron.Customers.Addresses;

/// <summary>
/// The one table of what people write on an address, with the lengths of source 5: the customer's own table
/// (<see cref="CustomerFields"/>) takes its parts from here.
/// </summary>
internal static class AddressFields
{
    /// <summary>The parts of every address.</summary>
    public static readonly IReadOnlyList<WrittenField<Address>> Parts =
    [
        Text("address_line1", address => address.AddressLine1, 255),
        Text("address_line2", address => address.AddressLine2, 255),
        Text("city", address => address.City, 100),
        Text("state", address => address.State, 100),
        Text("postal_code", address => address.PostalCode, 20),
        Text("country", address => address.Country, 100),
    ];

    /// <summary>What is written on an address besides the primary one.</summary>
    public static readonly IReadOnlyList<WrittenField<AddressInput>> All =
    [
        new("type", input => input.Type) { Rule = (value, _) => value is AddressType.Primary ? PrimaryIsElsewhere : null },
        .. Parts.Select(part => new WrittenField<AddressInput>(part.Name, input => part.Read(input.Address)) { Rule = part.Rule }),
    ];

    private const string PrimaryIsElsewhere =
        "The primary address is part of the customer itself: write it there (PUT /api/v1/customers/{customer_id}/). Here are billing, shipping and other ones.";

    /// <summary>The 422 for the given fields, or null. Of an address something there must be.</summary>
    public static Error? Check(AddressInput input, IEnumerable<WrittenField<AddressInput>> fields, DateTimeOffset now)
    {
        var errors = new FieldErrors();
        foreach (var field in fields)
        {
            field.Check(input, required: false, DateOnly.FromDateTime(now.UtcDateTime), errors);
        }

        if (input.Address.IsEmpty && !errors.Any)
        {
            errors.Add("address_line1", "An address has at least one of its lines, city, state, postal code and country.");
        }

        return errors.Any ? errors.ToError() : null;
    }

    private static WrittenField<Address> Text(string name, Func<Address, string?> read, int max) =>
        new(name, read) { Rule = (value, _) => CustomerRules.Text((string)value, max) };
}
