using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Web.Http;

/// <summary>
/// Finds all mistakes of a refused request, because the framework stops at the first one: values of the wrong type, missing fields, and
/// unknown names that are similar to known ones. For this, bodies up to 64 KB are kept while a request runs; of a longer one, only the
/// first mistake is reported.
/// </summary>
public static class RequestMistakes
{
    private const int MaxKept = 64 * 1024;

    // Limits the cost of looking for similar names.
    private const int MaxSuggestions = 10;

    /// <summary>Keeps what is read of JSON bodies.</summary>
    public static void UseKeptBodies(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        if (http.Request.HasJsonContentType() && http.Request.ContentLength is null or <= MaxKept)
        {
            http.Request.Body = new KeptBody(http.Request.Body);
        }

        return next(http);
    });

    /// <summary>
    /// The mistakes of a body that could not be read: wrong types, missing fields and similar names. Null if the body was not kept or is
    /// not an object.
    /// </summary>
    internal static async Task<Error?> FindAsync(HttpContext http, Endpoint? endpoint)
    {
        using var body = await ReadAsync(http);
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
            else if (property.AssociatedParameter is { HasDefaultValue: false })
            {
                errors.AddRequired(property.Name);
            }
        }

        AddSimilarNames(errors, body.RootElement, type);
        return errors.Any ? errors.ToError() : null;
    }

    /// <summary>The error of a use case about fields, with the unknown names of the request that are similar to known ones.</summary>
    internal static async Task<Error> WithSimilarNamesAsync(HttpContext http, Error error)
    {
        using var body = error.Fields is null ? null : await ReadAsync(http);
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

    private static async Task<JsonDocument?> ReadAsync(HttpContext http)
    {
        if (http.Request.Body is not KeptBody kept || await kept.ReadToEndAsync(http.RequestAborted) is not { } text)
        {
            return null;
        }

        try
        {
            var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document : null;
        }
        catch (JsonException)
        {
            return null; // The error for malformed JSON is reported elsewhere.
        }
    }

    // Passes a body on and keeps a copy of its beginning.
    private sealed class KeptBody(Stream body) : Stream
    {
        private readonly MemoryStream kept = new();

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        /// <summary>The whole body; null if it is longer than what is kept.</summary>
        public async Task<ReadOnlyMemory<byte>?> ReadToEndAsync(CancellationToken cancellationToken)
        {
            var buffer = new byte[4096];
            while (kept.Length <= MaxKept && await ReadAsync(buffer, cancellationToken) > 0)
            {
            }

            return kept.Length <= MaxKept ? kept.GetBuffer().AsMemory(0, (int)kept.Length) : null;
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await body.ReadAsync(buffer, cancellationToken);
            Keep(buffer.Span[..read]);
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = body.Read(buffer, offset, count);
            Keep(buffer.AsSpan(offset, read));
            return read;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private void Keep(ReadOnlySpan<byte> bytes)
        {
            if (kept.Length <= MaxKept)
            {
                kept.Write(bytes);
            }
        }
    }
}
