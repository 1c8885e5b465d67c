using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Patron.Dialects.Customers;
using Patron.Dialects.Records;
using Patron.Shared;

namespace Patron.Dialects.OpenApi;

/// <summary>
/// Sets the schema of types with a custom JSON converter, because the schema exporter leaves their type open, and of files.
/// </summary>
internal static class SchemaTypes
{
    private static readonly FrozenDictionary<Type, (JsonSchemaType Type, string? Format)> Converted =
        new Dictionary<Type, (JsonSchemaType, string?)>
    {
        [typeof(string)] = (JsonSchemaType.String, null),
        [typeof(DateTimeOffset)] = (JsonSchemaType.String, "date-time"),
        [typeof(TagMatch)] = (JsonSchemaType.String, null),
        [typeof(DescribedFile)] = (JsonSchemaType.String, "binary"),
        [typeof(JsonElement)] = (JsonSchemaType.Object, null),
    }.ToFrozenDictionary();

    /// <summary>The name of the type's schema in the document; null for types whose schema is inlined.</summary>
    public static string? ReferenceName(JsonTypeInfo info) =>
        Converted.ContainsKey(Nullable.GetUnderlyingType(info.Type) ?? info.Type) || IsOptional(info.Type)
            ? null
            : OpenApiOptions.CreateDefaultSchemaReferenceId(info);

    public static Task ApplyAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        var isOptional = IsOptional(type);
        if (isOptional)
        {
            type = type.GetGenericArguments()[0];
        }

        if (type.IsAssignableTo(typeof(IDescribed)))
        {
            Describe(schema, type);
            return Task.CompletedTask;
        }

        var bare = Nullable.GetUnderlyingType(type) ?? type;
        var isNullable = isOptional || bare != type
            || (context.JsonPropertyInfo is { IsGetNullable: true, PropertyType.IsValueType: false } property
                && !IsRequiredInRequests(property));
        if (Converted.TryGetValue(bare, out var converted))
        {
            (schema.Type, schema.Format) = (OrNull(converted.Type, isNullable), converted.Format);
        }
        else if (bare.IsEnum)
        {
            schema.Type = OrNull(JsonSchemaType.String, isOptional);
            schema.Enum = [.. Enum.GetNames(bare).Select(name => (JsonNode)JsonNamingPolicy.SnakeCaseLower.ConvertName(name))];
            if (isOptional)
            {
                schema.Enum.Add(JsonNullSentinel.JsonNull);
            }
        }
        else if (isOptional)
        {
            (schema.Type, schema.Properties,
                schema.Required) = (OrNull(bare == typeof(bool) ? JsonSchemaType.Boolean : JsonSchemaType.Integer, true), null, null);
        }

        schema.Discriminator = null; // Answers have no discriminator property; their fields identify the type.
        if (schema.Properties is { Count: > 0 } && !IsRequest(type))
        {
            // The exporter marks only constructor parameters as required. An answer never omits a field (contract), unless it is marked
            // with JsonIgnore.
            schema.Required = context.JsonTypeInfo.Properties
                .Where(property => property.AttributeProvider?.IsDefined(typeof(JsonIgnoreAttribute), inherit: true) != true)
                .Select(property => property.Name).ToHashSet(StringComparer.Ordinal);
        }

        if (schema.Type?.HasFlag(JsonSchemaType.Array) == true)
        {
            schema.Items ??= new OpenApiSchema { Type = JsonSchemaType.String };
        }

        if (schema.AdditionalProperties is OpenApiSchema { Type: JsonSchemaType.Array } lists)
        {
            lists.Items ??= new OpenApiSchema { Type = JsonSchemaType.String };
        }

        return Task.CompletedTask;
    }

    // A type that follows a record declares its members. An answer contains all of them, except those that are declared optional.
    private static void Describe(OpenApiSchema schema, Type type)
    {
        var members = (IReadOnlyList<Member>)type.GetProperty(nameof(IDescribed.Members), BindingFlags.Public | BindingFlags.Static)!
            .GetValue(null)!;
        schema.Type = JsonSchemaType.Object;
        schema.Properties = members.ToDictionary(member => member.Name, member => (IOpenApiSchema)Of(member), StringComparer.Ordinal);
        schema.Required = IsRequest(type)
            ? null
            : members.Where(member => !member.IsOptional).Select(member => member.Name).ToHashSet(StringComparer.Ordinal);
    }

    private static OpenApiSchema Of(Member member)
    {
        var schema = new OpenApiSchema
        {
            Type = OrNull(TypeOf(member.JsonType), member.IsNullable),
            Format = member.Format,
            MaxLength = member.MaxLength,
            Description = member.Description.Length > 0 ? member.Description : null,
            Examples = member.Example is { } example ? [JsonNode.Parse(example)!] : null,
            Enum = member.AllowedValues is { } values ? [.. values.Select(value => (JsonNode)value)] : null,
            Items = member.JsonType == "array" ? new OpenApiSchema { Type = TypeOf(member.ItemType) } : null,
        };
        if (schema.Enum is { } list && member.IsNullable)
        {
            list.Add(JsonNullSentinel.JsonNull);
        }

        return schema;
    }

    private static JsonSchemaType TypeOf(string name) => name switch
    {
        "boolean" => JsonSchemaType.Boolean,
        "integer" => JsonSchemaType.Integer,
        "object" => JsonSchemaType.Object,
        "array" => JsonSchemaType.Array,
        "reference" => JsonSchemaType.String | JsonSchemaType.Integer,
        _ => JsonSchemaType.String,
    };

    // The fields of requests are nullable in C#, so that the core can report missing ones. In the reference, required fields are not
    // nullable.
    private static bool IsRequiredInRequests(JsonPropertyInfo? property) =>
        property is { AssociatedParameter: { HasDefaultValue: false, IsMemberInitializer: false } } && IsRequest(property.DeclaringType);

    private static bool IsRequest(Type type) => type.Name.EndsWith("Request", StringComparison.Ordinal);

    private static JsonSchemaType OrNull(JsonSchemaType type, bool isNullable) => isNullable ? type | JsonSchemaType.Null : type;

    private static bool IsOptional(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Optional<>);
}
