using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Patron.Dialects.OpenApi;

/// <summary>
/// The descriptions of fields and parameters that no declared schema describes. Each is written once, by name (<c>email</c>) or, where a
/// name means something else in one schema or operation, with that in front (<c>LoginRequest.email</c>). Examples of parameters find
/// something in the demo's data.
/// </summary>
internal static class FieldDescriptions
{
    private static readonly FrozenDictionary<string, string> Fields = Read("field-descriptions.json");
    private static readonly FrozenDictionary<string, string> Parameters = Read("parameter-descriptions.json");
    private static readonly FrozenDictionary<string, string> ParameterExamples = Read("parameter-examples.json");

    /// <summary>Adds the missing descriptions to all schemas of the document.</summary>
    public static void Apply(OpenApiDocument document)
    {
        foreach (var (schemaName, schema) in document.Components?.Schemas ?? new Dictionary<string, IOpenApiSchema>())
        {
            foreach (var (name, property) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>())
            {
                Describe(property, Find(Fields, schemaName, name));
            }
        }
    }

    /// <summary>Adds the missing descriptions to the parameters of an operation.</summary>
    public static void Apply(OpenApiOperation operation)
    {
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            parameter.Description ??= Find(Parameters, operation.OperationId, parameter.Name);
            parameter.Example ??= ToExample(Find(ParameterExamples, operation.OperationId, parameter.Name), parameter);
        }
    }

    // Several properties may refer to one schema, so a description belongs to the reference.
    private static void Describe(IOpenApiSchema property, string? description)
    {
        if (property is OpenApiSchemaReference reference)
        {
            reference.Description = description;
        }
        else
        {
            property.Description ??= description;
        }
    }

    // A parameter that can be repeated is an array.
    private static JsonNode? ToExample(string? text, OpenApiParameter parameter) =>
        text is not null && parameter.Schema?.Type?.HasFlag(JsonSchemaType.Array) == true ? new JsonArray(JsonValue.Create(text)) : text;

    private static string? Find(FrozenDictionary<string, string> descriptions, string? owner, string? name) =>
        descriptions.GetValueOrDefault($"{owner}.{name}") ?? descriptions.GetValueOrDefault(name ?? "");

    private static FrozenDictionary<string, string> Read(string file)
    {
        using var stream = typeof(FieldDescriptions).Assembly.GetManifestResourceStream($"{typeof(FieldDescriptions).Namespace}.{file}")!;
        return JsonSerializer.Deserialize<Dictionary<string, string>>(stream)!.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
