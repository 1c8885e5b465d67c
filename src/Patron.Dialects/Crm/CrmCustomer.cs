using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Patron.Customers.Customers;
using Patron.Dialects.Records;
using Patron.Linking;

namespace Patron.Dialects.Crm;

/// <summary>
/// A customer as source 2 writes it. <c>organization</c> and <c>user_id</c> (a number or UUID) are used only when it is created.
/// </summary>
[JsonConverter(typeof(RecordRequestConverter<CrmCustomerRequest>))]
public sealed class CrmCustomerRequest : IRecordRequest<CrmCustomerRequest>
{
    private const string ByNumber = "By its number, or as a text its UUID.";

    private static readonly RequestSchema<Customer> Schema = new(
        [
            CustomerSchema.Name, CustomerSchema.FirstName, CustomerSchema.LastName, CustomerSchema.Email, CustomerSchema.Phone,
            CustomerSchema.Type, CustomerSchema.Status,
            CustomerSchema.AddressLine1, CustomerSchema.AddressLine2, CustomerSchema.City, CustomerSchema.State, CustomerSchema.PostalCode,
            CustomerSchema.Country,
        ],
        others:
        [
            new Member(
                "organization", "reference") { IsNullable = true, Description = $"The organization whose customer it is. {ByNumber}" },
            new Member("user_id", "reference") { IsNullable = true, Description = $"The account that the customer belongs to. {ByNumber}" },
        ],
        shown: CrmCustomerAnswer.Members);

    public static IReadOnlyList<Member> Members => Schema.Members;

    public string? Organization { get; private set; }

    public string? UserId { get; private set; }

    public CustomerChanges Changes { get; } = new();

    public void Read(ref Utf8JsonReader reader) => Schema.Read(ref reader, Changes, ReadOther);

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteString("organization", Organization);
        writer.WriteString("user_id", UserId);
        Changes.WriteAll(writer);
    }

    private bool ReadOther(string name, ref Utf8JsonReader reader)
    {
        switch (name)
        {
            case "organization":
                Organization = Reference(name, ref reader);
                return true;
            case "user_id":
                UserId = Reference(name, ref reader);
                return true;
            default:
                return false;
        }
    }

    private string? Reference(string name, ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.Number when reader.TryGetInt64(out var number):
                return number.ToString(CultureInfo.InvariantCulture);
            case JsonTokenType.String when reader.ValueTextEquals(""u8):
                break;
            case JsonTokenType.String:
                return reader.GetString();
        }

        Changes.AddError(name, "The value has the wrong type or form.");
        return null;
    }
}

/// <summary>A customer as source 2 prints it: <c>id</c>, <c>organization</c>, <c>user</c> and <c>user_profile</c> are numbers.</summary>
[JsonConverter(typeof(RecordAnswerConverter<CrmCustomerAnswer>))]
public sealed record CrmCustomerAnswer(CustomerView View) : IRecordAnswer<CrmCustomerAnswer>
{
    public static AnswerSchema<CrmCustomerAnswer> Schema { get; } = new AnswerSchema<CrmCustomerAnswer>()
        .Fields(
            Record, CustomerSchema.Id, CustomerSchema.Code, CustomerSchema.Name, CustomerSchema.FirstName, CustomerSchema.LastName,
            CustomerSchema.Email, CustomerSchema.Phone,
            CustomerSchema.Type, CustomerSchema.Status)
        .Number("organization", "The number of the organization.", answer => answer.View.Organization, isNullable: false)
        .Number("user", "The number of the account: linked, or named in an open offer.", answer => answer.View.User)
        .Number("user_profile", "The number of the account's customer profile.", answer => answer.View.UserProfile)
        .Enum("link_status", "Whether the record is an account's, or offered to one.", answer => answer.View.LinkStatus)
        .Fields(
            Record, CustomerSchema.CreatedAt, CustomerSchema.UpdatedAt, CustomerSchema.AddressLine1, CustomerSchema.AddressLine2,
            CustomerSchema.City, CustomerSchema.State,
            CustomerSchema.PostalCode, CustomerSchema.Country, CustomerSchema.Uid)
        .Text(
            "merged_into", "The customer_id of this record, where it answers for one that was merged into it.",
            answer => answer.View.Customer.MergedInto);

    public static IReadOnlyList<Member> Members => Schema.Members;

    private static Customer Record(CrmCustomerAnswer answer) => answer.View.Customer;
}
