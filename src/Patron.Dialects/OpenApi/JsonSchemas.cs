using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Patron.Dialects.Customers;
using Patron.Shared;

namespace Patron.Dialects.OpenApi;

/// <summary>
/// Describes what our own JSON converters read and write: to the generator their types say nothing. An optional field is described
/// as its value.
/// </summary>
internal static class JsonSchemas
{
    public static void Add(OpenApiOptions options)
    {
        options.CreateSchemaReferenceId = type => Form(type.Type) is null ? OpenApiOptions.CreateDefaultSchemaReferenceId(type) : null;
        options.AddSchemaTransformer((schema, context, _) =>
        {
            var type = context.JsonTypeInfo.Type;
            if (Form(type) is { } form)
            {
                var nullable = type != Value(type) || context.JsonPropertyInfo is { IsGetNullable: true };
                schema.Type = nullable ? form.Type | JsonSchemaType.Null : form.Type;
                schema.Format = form.Format;
                schema.Enum = Names(Value(type), nullable);
            }

            return Task.CompletedTask;
        });
    }

    // Null where the generator knows better.
    private static (JsonSchemaType Type, string? Format)? Form(Type type) => Value(type) switch
    {
        var value when value == typeof(string) || value.IsEnum => (JsonSchemaType.String, null),
        var value when value == typeof(DateTimeOffset) || value == typeof(BirthDate) => (JsonSchemaType.String, "date-time"),
        var value when value == typeof(JsonObjectText) => (JsonSchemaType.Object, null),
        _ => null,
    };

    private static Type Value(Type type)
    {
        var given = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Optional<>) ? type.GetGenericArguments()[0] : type;
        return Nullable.GetUnderlyingType(given) ?? given;
    }

    private static List<JsonNode>? Names(Type type, bool nullable) => type.IsEnum
        ? [.. Enum.GetNames(type).Select(name => JsonValue.Create(JsonNamingPolicy.SnakeCaseLower.ConvertName(name))), .. nullable ? [null!] : Array.Empty<JsonNode>()]
        : null;
}
