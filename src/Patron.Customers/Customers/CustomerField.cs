using System.Text.Json;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>One written field of a customer: its name as callers spell it, its value, its rule, and who owns it.</summary>
internal sealed record CustomerField(string Name, Func<CustomerDetails, object?> Read)
{
    /// <summary>What is wrong with the value, or null. The day is today's in UTC.</summary>
    public Func<object, DateOnly, string?>? Rule { get; init; }

    /// <summary>The account's, once one is linked (linking.md, 'Ownership').</summary>
    public bool OwnedByAccount { get; init; }

    /// <summary>Customers may change it on their own record (contract, 'Who may do what').</summary>
    public bool OpenToCustomer { get; init; }

    /// <summary>Each change is kept with time and source.</summary>
    public bool IsConsent { get; init; }

    public bool Differs(CustomerDetails before, CustomerDetails after) => (Read(before), Read(after)) switch
    {
        (string[] left, string[] right) => !left.AsSpan().SequenceEqual(right),
        var (left, right) => !Equals(left, right),
    };

    /// <summary>Checks a changed value.</summary>
    public void Check(CustomerDetails details, bool required, DateOnly today, FieldErrors errors)
    {
        var value = Read(details);
        if (required && value is null or "")
        {
            errors.Add(Name, "This field is required.");
        }
        else if (value is not null && Rule?.Invoke(value, today) is { } message)
        {
            errors.Add(Name, message);
        }
    }

    /// <summary>Writes the value under its name.</summary>
    public void Write(CustomerDetails details, Utf8JsonWriter writer)
    {
        writer.WritePropertyName(Name);
        switch (Read(details))
        {
            case null:
                writer.WriteNullValue();
                break;
            case bool value:
                writer.WriteBooleanValue(value);
                break;
            case DateOnly value:
                writer.WriteStringValue(value.ToString("O"));
                break;
            case string[] value:
                writer.WriteStringValue(CustomerTags.Format(value));
                break;
            case JsonText value:
                writer.WriteRawValue(value.Text);
                break;
            case var value:
                writer.WriteStringValue(value as string ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()!));
                break;
        }
    }
}
