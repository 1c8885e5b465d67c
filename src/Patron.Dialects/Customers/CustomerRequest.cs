using System.Text.Json;
using System.Text.Json.Serialization;
using Patron.Customers.Customers;
using Patron.Dialects.Records;

namespace Patron.Dialects.Customers;

/// <summary>A customer as source 5 writes it: all fields that can be imported, under their own names.</summary>
[JsonConverter(typeof(RecordRequestConverter<CustomerRequest>))]
public sealed class CustomerRequest : IRecordRequest<CustomerRequest>
{
    private static readonly RequestSchema<Customer> Schema = new(
        [.. CustomerSchema.Fields.All.Where(field => field.IsImported)], shown: CustomerAnswer.Members);

    public static IReadOnlyList<Member> Members => Schema.Members;

    public CustomerChanges Changes { get; } = new();

    public void Read(ref Utf8JsonReader reader) => Schema.Read(ref reader, Changes);

    public void Write(Utf8JsonWriter writer) => Changes.WriteAll(writer);
}
