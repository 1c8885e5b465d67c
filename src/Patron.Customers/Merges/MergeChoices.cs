using System.Text.Json;
using Patron.Customers.Customers;
using Patron.Customers.Schema;

namespace Patron.Customers.Merges;

/// <summary>
/// The fields of a merge whose value somebody chose: from the absorbed record, or from the survivor even where it is empty. Parts of a
/// whole, such as the address, are chosen together and stored one by one.
/// </summary>
internal sealed record MergeChoices(IReadOnlySet<string> FromAbsorbed, IReadOnlySet<string> FromSurvivor)
{
    public static MergeChoices None { get; } = new(new HashSet<string>(), new HashSet<string>());

    /// <summary>The names that a choice may use: fields whose values exclude each other, and wholes.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. CustomerSchema.Fields.Written.Where(IsChoosable).Select(field => field.PartOf ?? field.Name).Distinct(StringComparer.Ordinal)];

    /// <summary>The fields with this name: one, or all parts of the whole. None for a name that cannot be chosen.</summary>
    public static IReadOnlyList<Field<Customer>> FieldsOf(string name) =>
        [.. CustomerSchema.Fields.Written.Where(field => IsChoosable(field) && (field.PartOf ?? field.Name) == name)];

    /// <summary>Sets the chosen values; the others stay.</summary>
    public void Apply(Customer merged, Customer survivor, Customer absorbed)
    {
        foreach (var field in CustomerSchema.Fields.Written)
        {
            if (FromAbsorbed.Contains(field.Name))
            {
                field.Copy(absorbed, merged);
            }
            else if (FromSurvivor.Contains(field.Name))
            {
                field.Copy(survivor, merged);
            }
        }
    }

    public bool Contains(Field<Customer> field) => FromAbsorbed.Contains(field.Name) || FromSurvivor.Contains(field.Name);

    public string ToJson() => FieldText.ToJson(writer =>
    {
        writer.WriteStartObject();
        Write(writer, "absorbed", FromAbsorbed);
        Write(writer, "survivor", FromSurvivor);
        writer.WriteEndObject();
    });

    public static MergeChoices Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return new MergeChoices(Read(document, "absorbed"), Read(document, "survivor"));
    }

    // What is combined, decided by a law, or a state cannot be chosen.
    private static bool IsChoosable(Field<Customer> field) =>
        !field.IsConsent && field.Merge != MergeRule.Combine && field != CustomerSchema.Standing && field != CustomerSchema.IsDeleted;

    private static void Write(Utf8JsonWriter writer, string name, IReadOnlySet<string> fields)
    {
        if (fields.Count > 0)
        {
            writer.WriteStartArray(name);
            foreach (var field in fields.Order(StringComparer.Ordinal))
            {
                writer.WriteStringValue(field);
            }

            writer.WriteEndArray();
        }
    }

    private static HashSet<string> Read(JsonDocument document, string name) =>
        document.RootElement.TryGetProperty(name, out var fields)
            ? fields.EnumerateArray().Select(field => field.GetString()!).ToHashSet(StringComparer.Ordinal)
            : new HashSet<string>(StringComparer.Ordinal);
}
