using System.Text.Json.Serialization;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Customers.Addresses;
using Patron.Customers.Customers;
using Patron.Dialects.Accounts;
using Patron.Dialects.Records;

namespace Patron.Dialects.Tradeline;

/// <summary>Frappe's envelope around the result of a method, used if <c>Tradeline:Envelope</c> is set.</summary>
public sealed record MethodEnvelope<T>(T Message);

/// <summary>An account as source 1 prints it; <c>name</c> is the email address.</summary>
public sealed record MethodUserAnswer(string Name, string Email, string FullName, string? Phone)
{
    public static MethodUserAnswer From(User user) => new(user.Email!, user.Email!, user.FullName, user.PhoneNumber);
}

/// <summary>An account with the names of its roles in Frappe.</summary>
public sealed record MethodUserRolesAnswer(string Name, string Email, string FullName, string? Phone, IReadOnlyList<string> Roles)
{
    public static MethodUserRolesAnswer From(User user, string role) =>
        new(user.Email!, user.Email!, user.FullName, user.PhoneNumber, RolesOf(role));

    internal static IReadOnlyList<string> RolesOf(string role) => role switch
    {
        UserRoles.Admin => ["Administrator"],
        UserRoles.Employee => ["Employee"],
        _ => ["Customer"],
    };
}

/// <summary>A customer record as source 1 prints it; <c>name</c> is the code.</summary>
public sealed record MethodCustomerAnswer(string Name, string CustomerName, string CustomerType, string? EmailId, string? MobileNo)
{
    public static MethodCustomerAnswer? From(Customer? customer) => customer is null ? null : new(
        customer.Code, customer.FullName, customer.CustomerType.ToString(),
        customer.Email, customer.Mobile ?? customer.Phone);
}

/// <summary>An address of the caller's customer record; <c>name</c> identifies it when it is changed or deleted.</summary>
[JsonConverter(typeof(RecordAnswerConverter<MethodAddressView>))]
public sealed record MethodAddressView(CustomerAddress Address) : IRecordAnswer<MethodAddressView>
{
    public static AnswerSchema<MethodAddressView> Schema { get; } = new AnswerSchema<MethodAddressView>()
        .Text("name", "What the address is called by.", view => view.Address.Uid.ToString(), isNullable: false)
        .Fields(
            view =>
                view.Address, AddressSchema.Type, AddressSchema.AddressLine1, AddressSchema.AddressLine2, AddressSchema.City,
                AddressSchema.State,
            AddressSchema.PostalCode, AddressSchema.Country);

    public static IReadOnlyList<Member> Members => Schema.Members;
}

/// <summary>Source 1, sign_up. User, customer and tokens are null if registration is private.</summary>
public sealed record MethodSignUpAnswer(
    bool Success, string Message, MethodUserAnswer? User, MethodCustomerAnswer? Customer, TokensAnswer? Tokens);

/// <summary>Source 1, login.</summary>
public sealed record MethodLoginAnswer(
    bool Success, string Message, MethodUserRolesAnswer User, MethodCustomerAnswer? Customer, TokensAnswer Tokens)
{
    public static MethodLoginAnswer From(SignedIn signedIn, Customer? customer) => new(
        true, "Login successful", MethodUserRolesAnswer.From(signedIn.User, signedIn.Role), MethodCustomerAnswer.From(customer),
        new TokensAnswer(signedIn.Tokens.Access, signedIn.Tokens.Refresh));
}

/// <summary>Source 1, get_current_user.</summary>
public sealed record MethodCurrentUserAnswer(bool Success, MethodUserRolesAnswer User, MethodCustomerAnswer? Customer);

/// <summary>Source 1, update_profile.</summary>
public sealed record MethodProfileAnswer(bool Success, string Message, MethodUserAnswer User, MethodCustomerAnswer? Customer);

/// <summary>Source 1, create_customer_for_user.</summary>
public sealed record MethodCreatedCustomerAnswer(bool Success, string Message, MethodCustomerAnswer Customer);

/// <summary>An account in the list of all accounts, with its customer record.</summary>
public sealed record MethodListedUserAnswer(
    string Name, string Email, string FullName, string? Phone, IReadOnlyList<string> Roles, bool Enabled, MethodCustomerAnswer? Customer)
{
    public static MethodListedUserAnswer From(AccountView account, Customer? customer) => new(
        account.User.Email!, account.User.Email!, account.User.FullName, account.User.PhoneNumber,
        MethodUserRolesAnswer.RolesOf(account.Role),
        account.User.DisabledAt is null, MethodCustomerAnswer.From(customer));
}

/// <summary>Source 1, get_users: a page of accounts and the total number.</summary>
public sealed record MethodUsersAnswer(bool Success, IReadOnlyList<MethodListedUserAnswer> Users, int Total);

public sealed record MethodAddressesAnswer(bool Success, IReadOnlyList<MethodAddressView> Addresses);

public sealed record MethodAddressAnswer(bool Success, MethodAddressView Address);

/// <summary>The answer of a method that returns only a message.</summary>
public sealed record MethodDoneAnswer(bool Success, string Message);
