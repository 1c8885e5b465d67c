using System.Text.Json;
using System.Text.Json.Serialization;
using Patron.Customers.Customers;
using Patron.Customers.Profiles;
using Patron.Customers.Schema;
using Patron.Dialects.Records;

namespace Patron.Dialects.Profiles;

/// <summary>A profile as source 3 writes it. Fields that the account owns may be sent unchanged; they are only compared.</summary>
[JsonConverter(typeof(RecordRequestConverter<CustomerProfileRequest>))]
public sealed class CustomerProfileRequest : IRecordRequest<CustomerProfileRequest>
{
    private static readonly IReadOnlyList<(string Name, Field<Customer> Field)> Renamed =
        [("street_address", CustomerSchema.AddressLine1), ("phone_number", CustomerSchema.Phone)];

    private static readonly RequestSchema<Customer> Schema = new(
        [.. CustomerSchema.OwnFields, CustomerSchema.FirstName, CustomerSchema.LastName, CustomerSchema.Email], Renamed,
        shown: CustomerProfileAnswer.Members);

    /// <summary>This dialect's names of the core's fields.</summary>
    internal static IReadOnlyDictionary<string, string> FieldNames { get; } = Renamed.ToDictionary(
        one => one.Field.Name, one => one.Name, StringComparer.Ordinal);

    public static IReadOnlyList<Member> Members => Schema.Members;

    private CustomerChanges Changes { get; } = new();

    public void Read(ref Utf8JsonReader reader) => Schema.Read(ref reader, Changes);

    public void Write(Utf8JsonWriter writer) => Changes.WriteAll(writer);

    internal ProfileInput ToInput(IReadOnlyCollection<long>? expectedVersions = null) =>
        new(Changes) { ExpectedVersions = expectedVersions };
}

/// <summary>The account whose profile is checked; the caller's own if omitted.</summary>
public sealed record CheckProfileRequest
{
    public Guid? UserId { get; init; }
}
