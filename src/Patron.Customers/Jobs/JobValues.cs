using System.Text.Json.Nodes;
using Patron.Customers.Customers;

namespace Patron.Customers.Jobs;

/// <summary>The values of a job's changes that may stay when it has ended.</summary>
internal static class JobValues
{
    // An organization's own words, which name no person.
    private static readonly string[] Words = ["tags", "customer_group", "territory", "country", "language"];

    /// <summary>
    /// The changes without values that people can type: one about a single customer could be personal data, and an erasure does not look
    /// here. Flags and choices stay.
    /// </summary>
    public static string WithoutTyped(string json)
    {
        var values = JsonNode.Parse(json)!.AsObject();
        foreach (var name in values.Select(value => value.Key).Where(name => !MayStay(name)).ToList())
        {
            values.Remove(name);
        }

        return values.ToJsonString();
    }

    // Of the fields, and of the flags email and phone of the kind verify.
    private static bool MayStay(string name) => Words.Contains(name, StringComparer.Ordinal)
        || CustomerSchema.Fields.Find(name) is not { } field || field.JsonType == "boolean" || field.AllowedValues is not null;
}
