using System.Text.Json;
using System.Text.Json.Serialization;
using Patron.Customers.Customers;
using Patron.Customers.Profiles;
using Patron.Customers.Schema;
using Patron.Dialects.Records;

namespace Patron.Dialects.Profiles;

/// <summary>A profile as source 3 writes it. What the account owns may be there as it is, and is only compared.</summary>
[JsonConverter(typeof(RecordRequestConverter<CustomerProfileRequest>))]
public sealed class CustomerProfileRequest : IRecordRequest<CustomerProfileRequest>
{
    private static readonly IReadOnlyList<(string Name, Field<Customer> Field)> Renamed =
        [("street_address", CustomerSchema.AddressLine1), ("phone_number", CustomerSchema.Phone)];

    private static readonly RequestShape<Customer> Shape = new(
        [.. CustomerSchema.OwnFields, CustomerSchema.FirstName, CustomerSchema.LastName, CustomerSchema.Email], Renamed, shown: CustomerProfileAnswer.Members);

    /// <summary>How the core's fields are called here.</summary>
    internal static IReadOnlyDictionary<string, string> FieldNames { get; } = Renamed.ToDictionary(one => one.Field.Name, one => one.Name, StringComparer.Ordinal);

    public static IReadOnlyList<Member> Members => Shape.Members;

    private CustomerChanges Changes { get; } = new();

    public void Read(ref Utf8JsonReader reader) => Shape.Read(ref reader, Changes);

    public void Write(Utf8JsonWriter writer) => Changes.WriteAll(writer);

    internal ProfileInput ToInput(IReadOnlyCollection<long>? expectedVersions = null) => new(Changes) { ExpectedVersions = expectedVersions };
}

/// <summary>Whose profile is asked for; one's own where it is left out.</summary>
public sealed record CheckProfileRequest
{
    public Guid? UserId { get; init; }
}
