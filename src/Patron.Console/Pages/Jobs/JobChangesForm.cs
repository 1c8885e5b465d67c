using System.Text.Json.Nodes;
using Patron.Customers.Customers;
using Patron.Customers.Jobs;
using Patron.Customers.Schema;
using Patron.Shared.Results;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Jobs;

/// <summary>The form of a job's changes. A field is changed where its box is ticked; an empty one is then emptied.</summary>
internal static class JobChangesForm
{
    /// <summary>The name of the box beside a field begins with this.</summary>
    public const string Box = "set_";

    private static readonly string[] Prefixes = ["changes.", "filter."];

    /// <summary>The changes as the use case reads them.</summary>
    public static string ToJson(JobKind kind, FormInput input)
    {
        var changes = new JsonObject();
        switch (kind)
        {
            case JobKind.Update:
                foreach (var field in CreateJob.UpdateFields.Where(field => input.IsOn(Box + field.Name)))
                {
                    changes[field.Name] = ValueOf(field, input[field.Name].Trim());
                }

                break;
            case JobKind.AddTags or JobKind.RemoveTags:
                changes["tags"] = input["tags"];
                break;
            case JobKind.Verify:
                changes["email"] = input.IsOn("email");
                changes["phone"] = input.IsOn("phone");
                break;
        }

        return changes.ToJsonString();
    }

    /// <summary>The error with the names of the form's fields.</summary>
    public static Error AsInForm(Error error) => error.Fields is null ? error : error.WithFieldNames(error.Fields.Keys
        .SelectMany(name => Prefixes.Where(prefix => name.StartsWith(prefix, StringComparison.Ordinal)).Select(prefix => (name, prefix)))
        .ToDictionary(one => one.name, one => one.name[one.prefix.Length..], StringComparer.Ordinal));

    private static JsonValue? ValueOf(Field<Customer> field, string text) => field.JsonType switch
    {
        "boolean" => JsonValue.Create(text == "true"),
        _ when text.Length == 0 && field.TakesNull => null,
        _ => JsonValue.Create(text),
    };
}
