using Patron.Customers.Addresses;
using Patron.Customers.Customers;
using Patron.Customers.Schema;

namespace Patron.UnitTests.Customers;

public class AddressTests
{
    private static readonly DateTimeOffset Now = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly CustomerAddress Dock = new CustomerAddress().With(new AddressChanges(
        AddressSchema.Type.With(AddressType.Shipping), AddressSchema.AddressLine1.With(" Dock 4 "), AddressSchema.City.With("Boston"), AddressSchema.State.With("  ")));

    [Fact]
    public void Full_address_joins_non_empty_trimmed_parts() => Assert.Equal("Dock 4, Boston", Dock.Address.FullAddress);

    [Fact]
    public void Only_differing_fields_are_changes()
    {
        Assert.Equal(["type", "address_line1", "city"], AddressSchema.Fields.Changed(new CustomerAddress(), Dock).Select(field => field.Name));
        Assert.Empty(AddressSchema.Fields.Changed(Dock, Dock.With(new AddressChanges(AddressSchema.City.With(" Boston ")))));
    }

    [Fact]
    public void All_errors_are_reported_together()
    {
        var wrong = Dock.With(new AddressChanges(
            AddressSchema.Type.With(AddressType.Primary), AddressSchema.City.With(new string('x', 101)), AddressSchema.PostalCode.With("a\0b")));
        Assert.Equal(["city", "postal_code", "type"], AddressSchema.Check(wrong, AddressSchema.Fields.Written, Now, errors: null)?.Fields?.Keys.Order());
        Assert.Null(AddressSchema.Check(Dock, AddressSchema.Fields.Written, Now, errors: null));
    }

    [Fact]
    public void Empty_address_is_refused() => Assert.NotNull(AddressSchema.Check(new CustomerAddress(), AddressSchema.Fields.Written, Now, errors: null));
}
