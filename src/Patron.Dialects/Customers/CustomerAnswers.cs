using System.Text.Json;
using System.Text.Json.Serialization;
using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.Dialects.Records;

namespace Patron.Dialects.Customers;

/// <summary>A customer in a list: the 28 fields of source 5, and <c>incomplete</c> if some of them could not be looked up.</summary>
[JsonConverter(typeof(RecordAnswerConverter<CustomerListItem>))]
public sealed record CustomerListItem(Customer Customer) : IRecordAnswer<CustomerListItem>
{
    public static AnswerSchema<CustomerListItem> Schema { get; } = new AnswerSchema<CustomerListItem>()
        .Include(CustomerAnswer.Printed, item => item.Customer)
        .Texts("incomplete", CustomerAnswer.IncompleteDescription, item => item.Customer.Incomplete, isOptional: true);

    public static IReadOnlyList<Member> Members => Schema.Members;
}

/// <summary>A customer: the 28 fields of source 5, then the rest of the record.</summary>
[JsonConverter(typeof(RecordAnswerConverter<CustomerAnswer>))]
public sealed record CustomerAnswer(Customer Customer) : IRecordAnswer<CustomerAnswer>
{
    internal const string IncompleteDescription = "What could not be looked up: accounts. Names are null only then.";

    /// <summary>The fields of source 5, in its order.</summary>
    internal static readonly AnswerSchema<Customer> Printed = new AnswerSchema<Customer>()
        .Fields(Self, CustomerSchema.Id, CustomerSchema.CustomerId, CustomerSchema.Username)
        .NameIfKnown(CustomerSchema.FirstName).NameIfKnown(CustomerSchema.LastName)
        .Fields(
            Self, CustomerSchema.Email, CustomerSchema.Phone, CustomerSchema.AddressLine1, CustomerSchema.City, CustomerSchema.State,
            CustomerSchema.PostalCode,
            CustomerSchema.Country)
        .Custom(
            CustomerSchema.DateOfBirth, Member.From(CustomerSchema.DateOfBirth) with { Format = null, Example = "\"1990-01-15T00:00:00\"" },
            WriteBirthDate)
        .Fields(Self, CustomerSchema.Gender, CustomerSchema.CompanyName, CustomerSchema.IsActive, CustomerSchema.IsVerified)
        .Flag("email_verified", "The email address is verified.", customer => customer.EmailVerifiedAt is not null)
        .Flag("phone_verified", "The phone is verified.", customer => customer.PhoneVerifiedAt is not null)
        .Fields(
            Self, CustomerSchema.MarketingEmails, CustomerSchema.MarketingSms, CustomerSchema.Notes, CustomerSchema.Tags,
            CustomerSchema.CreatedAt, CustomerSchema.UpdatedAt,
            CustomerSchema.LastLoginAt)
        .Text(
            "full_name", "First and last name of a person, the name of a company.",
            customer => customer.Incomplete is not null && customer.FullName.Length == 0 ? null : customer.FullName, example: "John Doe")
        .Text(
            "full_address", "The parts of the address that are there, with commas between them.", customer => customer.Address.FullAddress,
            isNullable: false, "123 Main Street, New York, NY, 10001, USA");

    public static AnswerSchema<CustomerAnswer> Schema { get; } = new AnswerSchema<CustomerAnswer>().Include(
        new AnswerSchema<Customer>()
            .Include(Printed, Self)
            .Text(
                "account_number", "The customer_id with a hyphen, as the portal shows it.", customer => customer.AccountNumber,
                isNullable: false, "CUST-A1B2C3D4")
            .NameIfKnown(CustomerSchema.Name)
            .RemainingFields(Self, CustomerSchema.Fields.All)
            .Text(
                "merged_into", "The customer_id of this record, where it answers for one that was merged into it.",
                customer => customer.MergedInto)
            .Texts("incomplete", IncompleteDescription, customer => customer.Incomplete),
        answer => answer.Customer);

    /// <summary>The fields that a caller sees who may not read the record.</summary>
    internal static AnswerSchema<CustomerAnswer> Identifiers { get; } = new AnswerSchema<CustomerAnswer>().Fields(
        answer => answer.Customer, [.. CustomerSchema.Fields.All.Where(field => field.IsShown && field.Reader == FieldReader.Anyone)]);

    public static IReadOnlyList<Member> Members => Schema.Members;

    private static Customer Self(Customer customer) => customer;

    // In the format of source 5.
    private static void WriteBirthDate(Utf8JsonWriter writer, Customer customer)
    {
        if (customer.DateOfBirth is { } date)
        {
            writer.WriteStringValue(date.ToString("O") + "T00:00:00");
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}

/// <summary>A deleted customer in its last state, and how it can be restored.</summary>
[JsonConverter(typeof(RecordAnswerConverter<DeletedCustomerAnswer>))]
public sealed record DeletedCustomerAnswer(CustomerAnswer Deleted) : IRecordAnswer<DeletedCustomerAnswer>
{
    public static AnswerSchema<DeletedCustomerAnswer> Schema { get; } = new AnswerSchema<DeletedCustomerAnswer>()
        .Include(CustomerAnswer.Schema, answer => answer.Deleted)
        .Text(
            "detail", "What can be done about it.", answer => Detail(answer.Deleted.Customer.CustomerId), isNullable: false,
            Detail("CUST_A1B2C3D4"));

    public static IReadOnlyList<Member> Members => Schema.Members;

    private static string Detail(string customerId) => $"The customer is deleted; POST /api/v1/customers/{customerId}/restore/ takes it back.";
}

/// <summary>An erased customer in its last state. An API key that may not read customers gets only the identifiers.</summary>
[JsonConverter(typeof(RecordAnswerConverter<ErasedCustomerAnswer>))]
public sealed record ErasedCustomerAnswer(CustomerAnswer Erased) : IRecordAnswer<ErasedCustomerAnswer>
{
    private const string Detail = "The customer is erased for good; this is the last that Patron shows of it.";

    public static AnswerSchema<ErasedCustomerAnswer> Schema { get; } = new AnswerSchema<ErasedCustomerAnswer>()
        .IncludePart(
            CustomerAnswer.Schema, CustomerAnswer.Identifiers, answer => answer.Erased,
            answer => answer.Erased.Customer.Reader != FieldReader.Anyone)
        .Text("detail", "What was done.", _ => Detail, isNullable: false, Detail);

    public static IReadOnlyList<Member> Members => Schema.Members;
}

internal static class IncompleteAnswers
{
    /// <summary>A name of the record. It is null if the record is incomplete and the name is empty, because it is then unknown.</summary>
    public static AnswerSchema<Customer> NameIfKnown(this AnswerSchema<Customer> schema, Field<Customer, string> name) => schema.Custom(
        name,
        Member.From(name) with { MaxLength = null, IsNullable = true },
        (writer, customer) =>
            writer.WriteStringValue(customer.Incomplete is not null && name.IsEmpty(customer) ? null : name.Read(customer)));
}
