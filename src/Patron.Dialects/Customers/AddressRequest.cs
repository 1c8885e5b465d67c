using System.Text.Json;
using System.Text.Json.Serialization;
using Patron.Customers.Addresses;
using Patron.Dialects.Records;

namespace Patron.Dialects.Customers;

/// <summary>An address besides the primary one. A new one without type is an <c>other</c> one.</summary>
[JsonConverter(typeof(RecordRequestConverter<AddressRequest>))]
public sealed class AddressRequest : IRecordRequest<AddressRequest>
{
    private static readonly RequestShape<CustomerAddress> Shape = new(AddressSchema.Fields.Written, shown: AddressAnswer.Members);

    public static IReadOnlyList<Member> Members => Shape.Members;

    public AddressChanges Changes { get; } = new();

    public void Read(ref Utf8JsonReader reader) => Shape.Read(ref reader, Changes);

    public void Write(Utf8JsonWriter writer) => Changes.WriteAll(writer);
}
