using System.Text.Json;
using Patron.Customers.Addresses;
using Patron.Customers.Customers;

namespace Patron.UnitTests.Customers;

public class AddressTests
{
    private static readonly DateTimeOffset Now = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly AddressInput Dock = new() { Type = AddressType.Shipping, Address = new() { AddressLine1 = " Dock 4 ", City = "Boston", State = "  " } };

    [Fact]
    public void The_full_address_has_the_parts_that_are_there_without_their_blanks() => Assert.Equal("Dock 4, Boston", Dock.Address.FullAddress);

    [Fact]
    public void The_table_names_every_property_that_is_written_once()
    {
        var written = typeof(Address).GetProperties().Where(property => property.CanWrite).Select(property => property.Name).Append(nameof(AddressInput.Type));
        Assert.Equal(written.Select(JsonNamingPolicy.SnakeCaseLower.ConvertName).Order(), AddressFields.All.Select(field => field.Name).Order());
    }

    [Fact]
    public void An_address_that_begins_or_ends_changes_in_all_its_parts_and_no_others()
    {
        string[] parts = ["type", "address_line1", "city"];
        Assert.Equal(parts, AddressFields.All.Changed(null, Dock).Select(field => field.Name));
        Assert.Equal(parts, AddressFields.All.Changed(Dock, null).Select(field => field.Name));
        Assert.Equal("""{"type":"shipping","address_line1":"Dock 4","city":"Boston"}""", AddressFields.All.Changed(null, Dock).ToJson(Dock));
        Assert.Empty(AddressFields.All.Changed(Dock, Dock with { Address = Dock.Address with { City = " Boston " } }));
    }

    [Fact]
    public void Everything_wrong_is_said_at_once()
    {
        var input = Dock with { Type = AddressType.Primary, Address = new() { City = new string('x', 101), PostalCode = "a\0b" } };
        Assert.Equal(["city", "postal_code", "type"], AddressFields.Check(input, AddressFields.All, Now)?.Fields?.Keys.Order());
        Assert.Null(AddressFields.Check(Dock, AddressFields.All, Now));
    }

    [Fact]
    public void Of_an_address_something_there_is() => Assert.NotNull(AddressFields.Check(new AddressInput(), AddressFields.All, Now));
}
