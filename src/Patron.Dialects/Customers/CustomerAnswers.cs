using System.Text.Json;
using System.Text.Json.Serialization;
using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.Dialects.Records;

namespace Patron.Dialects.Customers;

/// <summary>A customer as source 5 prints it: these 28 fields, in lists no others, unless a part of them is missing.</summary>
[JsonConverter(typeof(RecordAnswerConverter<CustomerListItem>))]
public sealed record CustomerListItem(Customer Customer) : IRecordAnswer<CustomerListItem>
{
    public static AnswerShape<CustomerListItem> Shape { get; } = new AnswerShape<CustomerListItem>()
        .Including(CustomerAnswer.Printed, item => item.Customer)
        .Texts("incomplete", CustomerAnswer.WhatIsMissing, item => item.Customer.Incomplete, isLeftOut: true);

    public static IReadOnlyList<Member> Members => Shape.Members;
}

/// <summary>One customer: the 28 fields of source 5 as it prints them, then the rest of the record.</summary>
[JsonConverter(typeof(RecordAnswerConverter<CustomerAnswer>))]
public sealed record CustomerAnswer(Customer Customer) : IRecordAnswer<CustomerAnswer>
{
    internal const string WhatIsMissing = "What could not be looked up: accounts. Names are null only then.";

    /// <summary>What source 5 prints, in its order.</summary>
    internal static readonly AnswerShape<Customer> Printed = new AnswerShape<Customer>()
        .Fields(Self, CustomerSchema.Id, CustomerSchema.CustomerId, CustomerSchema.Username)
        .Known(CustomerSchema.FirstName).Known(CustomerSchema.LastName)
        .Fields(
            Self, CustomerSchema.Email, CustomerSchema.Phone, CustomerSchema.AddressLine1, CustomerSchema.City, CustomerSchema.State, CustomerSchema.PostalCode,
            CustomerSchema.Country)
        .Special(CustomerSchema.DateOfBirth, Member.Of(CustomerSchema.DateOfBirth) with { Format = null, Example = "\"1990-01-15T00:00:00\"" }, WriteBirthDate)
        .Fields(Self, CustomerSchema.Gender, CustomerSchema.CompanyName, CustomerSchema.IsActive, CustomerSchema.IsVerified)
        .Flag("email_verified", "The e-mail address is verified.", customer => customer.EmailVerifiedAt is not null)
        .Flag("phone_verified", "The phone is verified.", customer => customer.PhoneVerifiedAt is not null)
        .Fields(
            Self, CustomerSchema.MarketingEmails, CustomerSchema.MarketingSms, CustomerSchema.Notes, CustomerSchema.Tags, CustomerSchema.CreatedAt, CustomerSchema.UpdatedAt,
            CustomerSchema.LastLoginAt)
        .Text("full_name", "First and last name of a person, the name of a company.", customer => customer.Incomplete is not null && customer.FullName.Length == 0 ? null : customer.FullName, example: "John Doe")
        .Text("full_address", "The parts of the address that are there, with commas between them.", customer => customer.Address.FullAddress, isNullable: false, "123 Main Street, New York, NY, 10001, USA");

    public static AnswerShape<CustomerAnswer> Shape { get; } = new AnswerShape<CustomerAnswer>().Including(
        new AnswerShape<Customer>()
            .Including(Printed, Self)
            .Text("account_number", "The customer_id with a hyphen, as the portal shows it.", customer => customer.AccountNumber, isNullable: false, "CUST-A1B2C3D4")
            .Known(CustomerSchema.Name)
            .Rest(Self, CustomerSchema.Fields.All)
            .Text("merged_into", "The customer_id of this record, where it answers for one that was merged into it.", customer => customer.MergedInto)
            .Texts("incomplete", WhatIsMissing, customer => customer.Incomplete),
        answer => answer.Customer);

    public static IReadOnlyList<Member> Members => Shape.Members;

    private static Customer Self(Customer customer) => customer;

    // As source 5 spells it.
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

/// <summary>A deleted customer in its last state, and what can be done about it.</summary>
[JsonConverter(typeof(RecordAnswerConverter<DeletedCustomerAnswer>))]
public sealed record DeletedCustomerAnswer(CustomerAnswer Deleted, string Detail) : IRecordAnswer<DeletedCustomerAnswer>
{
    private const string ExampleId = "CUST_A1B2C3D4";

    private const string IsErased = "The customer is erased for good; this is the last that Patron shows of it.";

    public static AnswerShape<DeletedCustomerAnswer> Shape { get; } = new AnswerShape<DeletedCustomerAnswer>()
        .Including(CustomerAnswer.Shape, answer => answer.Deleted)
        .Text("detail", "What can be done about it.", answer => answer.Detail, isNullable: false, CanBeRestored(ExampleId));

    public static IReadOnlyList<Member> Members => Shape.Members;

    internal static string ErasedExample => Shape.Example.Replace(CanBeRestored(ExampleId), IsErased, StringComparison.Ordinal);

    public static DeletedCustomerAnswer Restorable(CustomerAnswer answer) =>
        new(answer, CanBeRestored(answer.Customer.CustomerId));

    public static DeletedCustomerAnswer Erased(CustomerAnswer answer) => new(answer, IsErased);

    private static string CanBeRestored(string customerId) => $"The customer is deleted; POST /api/v1/customers/{customerId}/restore/ takes it back.";
}

internal static class IncompleteAnswers
{
    /// <summary>A name of the record. An empty one of an incomplete record is not known, which is not the same as empty.</summary>
    public static AnswerShape<Customer> Known(this AnswerShape<Customer> shape, Field<Customer, string> name) => shape.Special(
        name,
        Member.Of(name) with { MaxLength = null, IsNullable = true },
        (writer, customer) => writer.WriteStringValue(customer.Incomplete is not null && name.IsEmpty(customer) ? null : name.Read(customer)));
}
