using System.Text.Json.Serialization;
using Patron.Customers.Customers;
using Patron.Customers.Profiles;
using Patron.Dialects.Records;

namespace Patron.Dialects.Profiles;

/// <summary>
/// A profile: the customer's fields of source 3 and the fields of the account. Account fields are null only if they could not be looked up
/// (<c>incomplete</c> then says so), or for a missing phone number.
/// </summary>
[JsonConverter(typeof(RecordAnswerConverter<CustomerProfileAnswer>))]
public sealed record CustomerProfileAnswer(Profile Profile) : IRecordAnswer<CustomerProfileAnswer>
{
    public static AnswerSchema<CustomerProfileAnswer> Schema { get; } = new AnswerSchema<CustomerProfileAnswer>()
        .Renamed("id", Record, CustomerSchema.Uid)
        .Fields(Record, CustomerSchema.UserId)
        .Text("email", "The account's.", answer => answer.Profile.Account?.Email, example: "john.doe@example.com")
        .Text("first_name", "The account's.", answer => answer.Profile.Account?.FirstName, example: "John")
        .Text("last_name", "The account's.", answer => answer.Profile.Account?.LastName, example: "Doe")
        .Text("phone_number", "The account's.", answer => answer.Profile.Account?.Phone, example: "+1-555-0123")
        .Renamed("street_address", Record, CustomerSchema.AddressLine1)
        .RemainingFields(Record, CustomerSchema.OwnFields)
        .Fields(
            Record, CustomerSchema.IsVerified, CustomerSchema.CustomerSince, CustomerSchema.TotalServices, CustomerSchema.LastServiceDate,
            CustomerSchema.Status,
            CustomerSchema.IsActive, CustomerSchema.CustomerId)
        .Text(
            "account_number", "The customer_id with a hyphen, as the portal shows it.", answer => answer.Profile.Customer.AccountNumber,
            isNullable: false, "CUST-A1B2C3D4")
        .Fields(Record, CustomerSchema.Code, CustomerSchema.CreatedAt, CustomerSchema.UpdatedAt)
        .Texts(
            "pending_changes", "The fields whose change waits for staff.",
            answer => answer.Profile.PendingChanges is { Count: > 0 } waiting ? [.. waiting.Select(request => request.Field)] : null)
        .Text(
            "merged_into", "The customer_id of this record, where it answers for one that was merged into it.",
            answer => answer.Profile.Customer.MergedInto)
        .Texts("incomplete", "What could not be looked up: accounts.", answer => answer.Profile.Customer.Incomplete);

    public static IReadOnlyList<Member> Members => Schema.Members;

    private static Customer Record(CustomerProfileAnswer answer) => answer.Profile.Customer;
}

/// <summary>A deleted profile in its last state, and how it can be restored.</summary>
[JsonConverter(typeof(RecordAnswerConverter<DeletedCustomerProfileAnswer>))]
public sealed record DeletedCustomerProfileAnswer(Profile Profile) : IRecordAnswer<DeletedCustomerProfileAnswer>
{
    private const string CanBeTakenBack = "Your profile is deleted; POST /api/v1/customers/profile/create/ takes it back.";

    public static AnswerSchema<DeletedCustomerProfileAnswer> Schema { get; } = new AnswerSchema<DeletedCustomerProfileAnswer>()
        .Include(CustomerProfileAnswer.Schema, answer => new CustomerProfileAnswer(answer.Profile))
        .Text("detail", "What can be done about it.", _ => CanBeTakenBack, isNullable: false, CanBeTakenBack);

    public static IReadOnlyList<Member> Members => Schema.Members;
}

/// <summary>Whether a profile exists.</summary>
public sealed record CheckProfileAnswer(bool Exists, string? CustomerId)
{
    public static CheckProfileAnswer From(ProfileCheck check) => new(check.Exists, check.CustomerId);
}

/// <summary>The number of services that a customer has received.</summary>
public sealed record CountedServiceAnswer(Guid Id, string CustomerId, Guid? UserId, int TotalServices, DateTimeOffset? LastServiceDate)
{
    public static CountedServiceAnswer From(Customer customer) =>
        new(customer.Uid, customer.CustomerId, customer.UserId, customer.TotalServices, customer.LastServiceDate);
}
