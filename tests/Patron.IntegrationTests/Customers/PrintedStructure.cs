using System.Text.Json;

namespace Patron.IntegrationTests.Customers;

/// <summary>Compares a response with the one printed in source 5: same members and types, other values.</summary>
internal static class PrintedStructure
{
    // The nullable columns of source 5's data model; and the age, if unknown.
    private static readonly HashSet<string> Nullable = new(StringComparer.Ordinal)
    {
        "phone", "address_line1", "city", "state", "postal_code", "country", "date_of_birth", "gender", "company_name", "notes", "tags", "last_login_at",
        "average_customer_age",
    };

    // Objects whose member names are data.
    private static readonly HashSet<string> Counts = new(StringComparer.Ordinal) { "customers_by_country", "customers_by_city", "gender_distribution" };

    /// <summary>The differences; only the outermost object may have additional members.</summary>
    public static IEnumerable<string> Differences(JsonElement printed, JsonElement answer, bool mayHaveMore = false, string path = "$")
    {
        if (TypeOf(printed) != TypeOf(answer))
        {
            return [$"{path}: {TypeOf(answer)} instead of {TypeOf(printed)}"];
        }

        return printed.ValueKind switch
        {
            JsonValueKind.Object => InObject(printed, answer, mayHaveMore, path),
            JsonValueKind.Array when answer.GetArrayLength() == 0 => [$"{path}: has no items, nothing could be compared"],
            JsonValueKind.Array => answer.EnumerateArray().SelectMany((item, index) => Differences(printed[0], item, path: $"{path}[{index}]")),
            _ => [],
        };
    }

    private static IEnumerable<string> InObject(JsonElement printed, JsonElement answer, bool mayHaveMore, string path)
    {
        var more = mayHaveMore ? [] : answer.EnumerateObject().Where(member => !printed.TryGetProperty(member.Name, out _)).Select(member => $"{path}.{member.Name}: is not printed");
        return more.Concat(printed.EnumerateObject().SelectMany(member => answer.TryGetProperty(member.Name, out var answered)
            ? InMember(member, answered, $"{path}.{member.Name}")
            : [$"{path}.{member.Name}: is missing"]));
    }

    private static IEnumerable<string> InMember(JsonProperty printed, JsonElement answer, string path)
    {
        if (Nullable.Contains(printed.Name) && (printed.Value.ValueKind == JsonValueKind.Null || answer.ValueKind == JsonValueKind.Null))
        {
            return [];
        }

        return Counts.Contains(printed.Name) && answer.ValueKind == JsonValueKind.Object
            ? answer.EnumerateObject().SelectMany(count => Differences(printed.Value.EnumerateObject().First().Value, count.Value, path: $"{path}.{count.Name}"))
            : Differences(printed.Value, answer, path: path);
    }

    private static string TypeOf(JsonElement value) => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? "Boolean" : $"{value.ValueKind}";
}
