using System.Text.Json.Serialization;
using Patron.Customers.Addresses;
using Patron.Dialects.Records;

namespace Patron.Dialects.Customers;

/// <summary>An address of a customer. The id of the primary address is the customer's uid.</summary>
[JsonConverter(typeof(RecordAnswerConverter<AddressAnswer>))]
public sealed record AddressAnswer(CustomerAddress Address) : IRecordAnswer<AddressAnswer>
{
    public static AnswerSchema<AddressAnswer> Schema { get; } = new AnswerSchema<AddressAnswer>()
        .Renamed("id", Row, AddressSchema.Uid)
        .Fields(
            Row, AddressSchema.Type, AddressSchema.AddressLine1, AddressSchema.AddressLine2, AddressSchema.City, AddressSchema.State,
            AddressSchema.PostalCode,
            AddressSchema.Country, AddressSchema.CountryCode)
        .Text(
            "full_address", "The parts that are there, with commas between them.", answer => answer.Address.Address.FullAddress,
            isNullable: false)
        .Fields(Row, AddressSchema.CreatedAt, AddressSchema.UpdatedAt);

    public static IReadOnlyList<Member> Members => Schema.Members;

    private static CustomerAddress Row(AddressAnswer answer) => answer.Address;
}
