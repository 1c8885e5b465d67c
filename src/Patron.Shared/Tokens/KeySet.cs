using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Patron.Shared.Tokens;

/// <summary>Public keys as a JSON Web Key Set (RFC 7517, section 5).</summary>
public static class KeySet
{
    /// <summary>Where a service publishes its keys.</summary>
    public const string Path = "/.well-known/jwks.json";

    /// <summary>
    /// The keys of a set that can be used here, each once; others are skipped (RFC 7517, section 5). Null when this is no key set.
    /// </summary>
    internal static IReadOnlyList<JsonWebKey>? Parse(byte[] utf8)
    {
        try
        {
            // Not the library's set: one key that cannot be read would spoil all, and an object without keys would retire them all.
            using var document = JsonDocument.Parse(utf8, TokenJson.Strict);
            return document.RootElement.TryGetProperty("keys", out var keys) && keys.ValueKind == JsonValueKind.Array
                ? [.. keys.EnumerateArray().Select(ReadKey).OfType<JsonWebKey>().DistinctBy(key => key.Kid)]
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null; // InvalidOperationException: the root is no object, or a text is no Unicode.
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
                && !json.TryGetProperty("d", out _); // A private key that was published is no longer secret.

            // A key goes by its thumbprint; one that claims another name could be meant to stand in for somebody else's.
            var thumbprint = Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());
            key.Kid ??= thumbprint;
            return isUsable && key.Kid == thumbprint ? key : null;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException or InvalidOperationException)
        {
            return null; // A member has the wrong type, or is missing.
        }
    }
}
