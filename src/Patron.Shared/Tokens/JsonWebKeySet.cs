using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Patron.Shared.Tokens;

/// <summary>Public keys as a JSON Web Key Set (RFC 7517, section 5), as served under <see cref="Path"/>.</summary>
public static class JsonWebKeySet
{
    /// <summary>Where a service publishes its keys.</summary>
    public const string Path = "/.well-known/jwks.json";

    /// <summary>The key set as UTF-8.</summary>
    public static byte[] Write(IEnumerable<VerificationKey> keys)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartArray("keys");
        foreach (var key in keys)
        {
            json.WriteStartObject();
            json.WriteString("kty", "EC");
            json.WriteString("crv", "P-256");
            json.WriteString("x", Base64Url.EncodeToString(key.X.Span));
            json.WriteString("y", Base64Url.EncodeToString(key.Y.Span));
            json.WriteString("kid", key.Id);
            json.WriteString("use", "sig");
            json.WriteString("alg", "ES256");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>
    /// The keys of a set that can be used here, each once; others are skipped (RFC 7517, section 5). Null when this is no key set.
    /// </summary>
    public static IReadOnlyList<VerificationKey>? Parse(ReadOnlyMemory<byte> utf8) =>
        StrictText.ReadObject<IReadOnlyList<VerificationKey>>(utf8, json =>
            json.TryGetProperty("keys", out var keys) && keys.ValueKind == JsonValueKind.Array
                ? [.. keys.EnumerateArray().Select(ParseKey).OfType<VerificationKey>().DistinctBy(key => key.Id)]
                : null);

    private static VerificationKey? ParseKey(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object
            || json.Text("kty") != "EC" || json.Text("crv") != "P-256"
            || !IsAbsentOr(json, "use", "sig") || !IsAbsentOr(json, "alg", "ES256")
            || json.TryGetProperty("d", out _) // a private key that was published is nobody's secret any more
            || Coordinate(json, "x") is not { } x || Coordinate(json, "y") is not { } y)
        {
            return null;
        }

        try
        {
            // A key goes by its thumbprint; one that claims another name could be meant to stand in for somebody else's.
            var key = new VerificationKey(x, y);
            return IsAbsentOr(json, "kid", key.Id) ? key : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static bool IsAbsentOr(JsonElement json, string name, string value) =>
        !json.TryGetProperty(name, out _) || json.Text(name) == value;

    private static byte[]? Coordinate(JsonElement json, string name) =>
        json.Text(name) is { } text && StrictText.TryDecode(Encoding.UTF8.GetBytes(text), out var bytes) ? bytes : null;
}
