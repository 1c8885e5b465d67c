using System.Collections.Frozen;
using System.Text.Json;
using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.StaffConsole.Pages.Customers;

namespace Patron.StaffConsole.Components;

/// <summary>A field with the values of two sides as text; null is empty.</summary>
public sealed record ComparedField(Field<Customer> Field, string? Left, string? Right)
{
    // Names in the data of an ERP's partner that are not those of the customer's fields.
    private static readonly FrozenDictionary<string, Field<Customer>> ErpNames =
        new Dictionary<string, Field<Customer>>(StringComparer.Ordinal)
        {
            ["street"] = CustomerSchema.AddressLine1,
            ["street2"] = CustomerSchema.AddressLine2,
        }.ToFrozenDictionary(StringComparer.Ordinal);

    public bool Differs => !string.Equals(Left, Right, StringComparison.Ordinal);

    /// <summary>The fields that one of two customers has, in the order of the customer's page.</summary>
    public static IReadOnlyList<ComparedField> Of(Customer left, Customer? right) => Filled(
        Shown.Select(field => new ComparedField(field, TextOf(field, left), right is null ? null : TextOf(field, right))));

    /// <summary>The fields that a partner of the ERP (a JSON object) or the customer beside it has, of those that an ERP knows.</summary>
    public static IReadOnlyList<ComparedField> Of(string? facts, Customer? customer)
    {
        var values = new Dictionary<Field<Customer>, string?>();
        using var document = JsonDocument.Parse(facts ?? "{}");
        foreach (var fact in document.RootElement.EnumerateObject())
        {
            if ((ErpNames.GetValueOrDefault(fact.Name) ?? Shown.FirstOrDefault(field => field.Name == fact.Name)) is { } known)
            {
                values[known] = fact.Value.ValueKind == JsonValueKind.String && fact.Value.GetString() is { Length: > 0 } text
                    ? text : null;
            }
        }

        return Filled(Shown.Where(values.ContainsKey)
            .Select(field => new ComparedField(field, values[field], customer is null ? null : TextOf(field, customer))));
    }

    private static IEnumerable<Field<Customer>> Shown => CustomerTopic.All.SelectMany(topic => topic.Fields);

    private static string? TextOf(Field<Customer> field, Customer customer) =>
        field.ReadStoredText(customer) is { Length: > 0 } text ? text : null;

    private static List<ComparedField> Filled(IEnumerable<ComparedField> fields) =>
        [.. fields.Where(field => field.Left is not null || field.Right is not null)];
}
