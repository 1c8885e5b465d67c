using Patron.Customers.Addresses;
using Patron.Dialects.Customers;
using Patron.Shared;

namespace Patron.Dialects.Tradeline;

// The arguments of the methods, in JSON or as a form. What is required has no default here; the reference shows it so.

/// <summary>Source 1, sign_up. The full name is split at its last space; one word is a first name.</summary>
public sealed record MethodSignUpRequest(string? Email, string? FullName, string? Password, string? Phone = null);

/// <summary>Sign-in as Frappe calls it; <c>usr</c> is the e-mail or the user name.</summary>
public sealed record MethodLoginRequest(string? Usr, string? Pwd);

/// <summary>What is left out stays. A phone that is null or empty is taken away; a full name there always is.</summary>
public sealed record MethodProfileRequest
{
    public string? FullName { get; init; }

    public Optional<string> Phone { get; init; }
}

public sealed record MethodCustomerRequest(string? UserEmail);

/// <summary>An address; on a change its <c>name</c>, and what is left out stays.</summary>
public sealed record MethodAddressRequest : AddressParts
{
    public string? Name { get; init; }

    public AddressType? Type { get; init; }

    /// <summary>What is written, with what the request says.</summary>
    public AddressInput ApplyTo(AddressInput input) => new() { Type = Type ?? input.Type, Address = ApplyTo(input.Address) };
}

public sealed record MethodAddressNameRequest(string? Name);

/// <summary>Frappe's old way: one address for all commands, whose arguments stand beside their name.</summary>
public sealed record FrappeCommandRequest(string? Cmd, string? Usr = null, string? Pwd = null, string? User = null);
