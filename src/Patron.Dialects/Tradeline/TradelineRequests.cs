using System.Text.Json;
using System.Text.Json.Serialization;
using Patron.Customers.Addresses;
using Patron.Dialects.Records;
using Patron.Shared;
using Patron.Web.Http;

namespace Patron.Dialects.Tradeline;

// The arguments of the methods, in JSON or as a form. Required parameters have no default; the API reference then shows them as required.

/// <summary>Source 1, sign_up. The full name is split at its last space; one word is a first name.</summary>
public sealed record MethodSignUpRequest(string? Email, string? FullName, string? Password, string? Phone = null);

/// <summary>Sign-in with the names of Frappe; <c>usr</c> is the email address or the username.</summary>
public sealed record MethodLoginRequest(string? Usr, string? Pwd);

/// <summary>Omitted fields stay unchanged. A null or empty phone is removed; the full name cannot be removed.</summary>
public sealed record MethodProfileRequest
{
    public string? FullName { get; init; }

    public Optional<string> Phone { get; init; }
}

public sealed record MethodCustomerRequest(string? UserEmail);

/// <summary>An address. A change needs its <c>name</c>; omitted fields stay unchanged.</summary>
[JsonConverter(typeof(RecordRequestConverter<MethodAddressRequest>))]
public sealed class MethodAddressRequest : IRecordRequest<MethodAddressRequest>
{
    private static readonly RequestSchema<CustomerAddress> Schema = new(
        AddressSchema.Fields.Written,
        others: [new Member("name", "string") { IsNullable = true, Description = "What a known address is called by." }],
        shown: MethodAddressView.Members);

    public static IReadOnlyList<Member> Members => Schema.Members;

    public string? Name { get; private set; }

    public AddressChanges Changes { get; } = new();

    public void Read(ref Utf8JsonReader reader) => Schema.Read(ref reader, Changes, ReadOther);

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteString("name", Name);
        Changes.WriteAll(writer);
    }

    private bool ReadOther(string name, ref Utf8JsonReader reader)
    {
        if (name != "name")
        {
            return false;
        }

        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
        {
            Changes.AddError(name, "The value has the wrong type or form.");
            return true;
        }

        Name = reader.TokenType == JsonTokenType.Null ? null : reader.GetInputText();
        return true;
    }
}

public sealed record MethodAddressNameRequest(string? Name);

/// <summary>Frappe's old command interface: one URL for all commands, with the command's name among its arguments.</summary>
public sealed record FrappeCommandRequest(string? Cmd, string? Usr = null, string? Pwd = null, string? User = null);
