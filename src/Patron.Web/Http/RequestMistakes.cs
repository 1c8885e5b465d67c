using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Web.Http;

/// <summary>
/// Finds all mistakes of a refused body, because the framework stops at the first one: values of the wrong type, missing fields, and unknown
/// names that are similar to known ones. It reads the body again, which <see cref="ConflictRetries"/> keeps in memory; of a body longer than
/// 64 KB, only the first mistake is reported.
/// </summary>
internal static class RequestMistakes
{
    private const int MaxLength = 64 * 1024;

    // Limits the cost of looking for similar names.
    private const int MaxSuggestions = 10;

    /// <summary>
    /// The mistakes of a body that could not be read: wrong types, missing fields and similar names. Null if the body is longer or not an
    /// object.
    /// </summary>
    internal static Error? Find(HttpContext http, Endpoint? endpoint)
    {
        using var body = Read(http);
        if (body is null || RequestType(http, endpoint) is not { } type)
        {
            return null;
        }

        var errors = new FieldErrors();
        foreach (var property in type.Properties)
        {
            if (body.RootElement.TryGetProperty(property.Name, out var value))
            {
                AddWrongType(errors, property.Name, value, type.Options.GetTypeInfo(property.PropertyType));
            }
            else if (property.AssociatedParameter is { HasDefaultValue: false, IsMemberInitializer: false })
            {
                errors.AddRequired(property.Name);
            }
        }

        AddSimilarNames(errors, body.RootElement, type);
        return errors.Any ? errors.ToError() : null;
    }

    /// <summary>The error of a use case about fields, with the unknown names of the request that are similar to known ones.</summary>
    internal static Error WithSimilarNames(HttpContext http, Error error)
    {
        using var body = error.Fields is null ? null : Read(http);
        if (body is null || RequestType(http, http.GetEndpoint()) is not { } type)
        {
            return error;
        }

        var errors = new FieldErrors();
        foreach (var (field, messages) in error.Fields!)
        {
            foreach (var message in messages)
            {
                errors.Add(field, message);
            }
        }

        AddSimilarNames(errors, body.RootElement, type);
        return errors.ToError() with { Code = error.Code };
    }

    private static void AddWrongType(FieldErrors errors, string field, JsonElement value, JsonTypeInfo type)
    {
        try
        {
            value.Deserialize(type);
        }
        catch (InvalidValueException invalid)
        {
            errors.Add(field + PathWithin(invalid), invalid.Message);
        }
        catch (JsonException wrong) when (PathWithin(wrong) is { Length: > 0 } path && type.ElementType is { } elements)
        {
            errors.Add(field + path, $"Must be {ValueTypes.Of(elements)}.");
        }
        catch (JsonException)
        {
            errors.Add(field, ValueTypes.Mismatch(ValueTypes.Of(type.Type), TokenOf(value)));
        }
    }

    private static void AddSimilarNames(FieldErrors errors, JsonElement body, JsonTypeInfo type)
    {
        var known = type.Properties.Select(property => property.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var name in body.EnumerateObject().Select(NameOf).OfType<string>().Where(name => !known.Contains(name)).Take(MaxSuggestions))
        {
            if (SimilarNames.Find(name, known) is { } meant)
            {
                errors.Add(name, $"There's no field with this name. Did you mean {meant}?");
            }
        }
    }

    // Null for a name that is not valid Unicode.
    private static string? NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    // '$' is the value itself, and '$[1]' one of its elements.
    private static string PathWithin(JsonException exception) => (exception.Path ?? "$")[1..];

    private static JsonTokenType TokenOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => JsonTokenType.StartObject,
        JsonValueKind.Array => JsonTokenType.StartArray,
        JsonValueKind.String => JsonTokenType.String,
        JsonValueKind.Number => JsonTokenType.Number,
        JsonValueKind.True => JsonTokenType.True,
        JsonValueKind.False => JsonTokenType.False,
        _ => JsonTokenType.Null,
    };

    // Null for requests that a schema reads (Dialects/Records), which finds all mistakes itself.
    private static JsonTypeInfo? RequestType(HttpContext http, Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is { } type
        && http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions.GetTypeInfo(type)
            is { Kind: JsonTypeInfoKind.Object } info
            ? info
            : null;

    private static JsonDocument? Read(HttpContext http)
    {
        if (http.Request.Body is not MemoryStream { Length: <= MaxLength } body)
        {
            return null;
        }

        try
        {
            var document = JsonDocument.Parse(body.ToArray());
            return document.RootElement.ValueKind == JsonValueKind.Object ? document : null;
        }
        catch (JsonException)
        {
            return null; // The error for malformed JSON is reported elsewhere.
        }
    }
}
