using System.Text.Json;
using System.Text.Json.Serialization;
using Patron.Customers.Addresses;
using Patron.Dialects.Records;

namespace Patron.Dialects.Customers;

/// <summary>An additional address. A new address without a type gets the type <c>other</c>.</summary>
[JsonConverter(typeof(RecordRequestConverter<AddressRequest>))]
public sealed class AddressRequest : IRecordRequest<AddressRequest>
{
    private static readonly RequestSchema<CustomerAddress> Schema = new(AddressSchema.Fields.Written, shown: AddressAnswer.Members);

    public static IReadOnlyList<Member> Members => Schema.Members;

    public AddressChanges Changes { get; } = new();

    public void Read(ref Utf8JsonReader reader) => Schema.Read(ref reader, Changes);

    public void Write(Utf8JsonWriter writer) => Changes.WriteAll(writer);
}
