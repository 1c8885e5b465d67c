using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Patron.Shared.Tokens;

/// <summary>Public keys as a JSON Web Key Set (RFC 7517, section 5).</summary>
public static class KeySet
{
    /// <summary>The path at which a service publishes its keys.</summary>
    public const string Path = "/.well-known/jwks.json";

    /// <summary>
    /// The usable keys of a set, without duplicates; other keys are skipped (RFC 7517, section 5). Null when this is not a key set.
    /// </summary>
    internal static IReadOnlyList<JsonWebKey>? Parse(byte[] utf8)
    {
        try
        {
            // The library's JsonWebKeySet fails when one key cannot be read, and accepts an object without keys, which would retire all
            // keys.
            using var document = JsonDocument.Parse(utf8, TokenJson.Strict);
            return document.RootElement.TryGetProperty("keys", out var keys) && keys.ValueKind == JsonValueKind.Array
                ? [.. keys.EnumerateArray().Select(ReadKey).OfType<JsonWebKey>().DistinctBy(key => key.Kid)]
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null; // InvalidOperationException: the root is not an object, or a string is invalid Unicode.
        }
    }

    private static JsonWebKey? ReadKey(JsonElement json)
    {
        try
        {
            var key = new JsonWebKey(json.GetRawText());
            var isUsable = key is { Kty: JsonWebAlgorithmsKeyTypes.EllipticCurve, Crv: JsonWebKeyECTypes.P256 }
                && (!json.TryGetProperty("use", out var use) || use.ValueEquals(JsonWebKeyUseNames.Sig))
                && key.Alg is null or SecurityAlgorithms.EcdsaSha256
                && !json.TryGetProperty("d", out _); // A published private key is compromised.

            // The key id must be the thumbprint, so that a key cannot use the id of another one.
            var thumbprint = Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());
            key.Kid ??= thumbprint;
            return isUsable && key.Kid == thumbprint ? key : null;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException or InvalidOperationException)
        {
            return null; // A member has the wrong type or is missing.
        }
    }
}
