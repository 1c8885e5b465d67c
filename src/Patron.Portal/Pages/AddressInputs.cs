using Patron.Customers.Addresses;
using Patron.Portal.Http;
using Patron.Shared.Text;

namespace Patron.Portal.Pages;

/// <summary>Addresses as forms write them, the primary one and the others alike.</summary>
internal static class AddressInputs
{
    public static Address Apply(Address address, FormInput input) => address with
    {
        AddressLine1 = input.Optional("address_line1").Or(address.AddressLine1),
        AddressLine2 = input.Optional("address_line2").Or(address.AddressLine2),
        City = input.Optional("city").Or(address.City),
        State = input.Optional("state").Or(address.State),
        PostalCode = input.Optional("postal_code").Or(address.PostalCode),
        Country = input.Optional("country").Or(address.Country),
    };

    public static AddressInput Apply(AddressInput address, FormInput input) => address with
    {
        Type = Words<AddressType>.TryRead(input["type"], out var type) ? type : address.Type,
        Address = Apply(address.Address, input),
    };
}
