using System.Buffers;
using System.Text;

namespace Patron.Shared.Tokens;

/// <summary>
/// Tells genuine access tokens from all other strings. Steps as in RFC 7515, section 5.2, and RFC 7519, section 7.2, with less
/// freedom (RFC 8725): one algorithm, one serialization, one spelling, keys only from the own source.
/// </summary>
public sealed class AccessTokenVerifier
{
    /// <summary>Longer strings are refused unread.</summary>
    public const int MaxLength = 4096;

    private const int CacheCapacity = 10_000;

    // A signature is computed again after this time, so a removed key ends with it.
    private static readonly TimeSpan CacheTime = TimeSpan.FromMinutes(5);

    private readonly IVerificationKeys keys;
    private readonly AccessTokenOptions options;
    private readonly TimeProvider time;
    private readonly VerifiedTokens verified;

    public AccessTokenVerifier(IVerificationKeys keys, AccessTokenOptions options, TimeProvider time)
        : this(keys, options, time, CacheCapacity)
    {
    }

    internal AccessTokenVerifier(IVerificationKeys keys, AccessTokenOptions options, TimeProvider time, int cacheCapacity)
    {
        options.ThrowIfUnusable();
        this.keys = keys;
        this.options = options;
        this.time = time;
        verified = new VerifiedTokens(cacheCapacity);
    }

    internal int CachedTokens => verified.Count;

    /// <summary>What the token says, or null when it is not genuine, not for us, or not good at this time. Never why.</summary>
    public ValueTask<AccessTokenClaims?> VerifyAsync(string token, CancellationToken cancellationToken)
    {
        Span<byte> buffer = stackalloc byte[MaxLength];
        if (token.Length > MaxLength || Ascii.FromUtf16(token, buffer, out var length) != OperationStatus.Done)
        {
            return ValueTask.FromResult<AccessTokenClaims?>(null);
        }

        var fingerprint = TokenFingerprint.Of(buffer[..length]);
        var now = time.GetUtcNow();
        return verified.Find(fingerprint, now) is { } claims
            ? ValueTask.FromResult(IsExpired(claims, now) ? null : claims)
            : VerifySignatureAsync(buffer[..length].ToArray(), fingerprint, cancellationToken);
    }

    private async ValueTask<AccessTokenClaims?> VerifySignatureAsync(
        byte[] token,
        TokenFingerprint fingerprint,
        CancellationToken cancellationToken)
    {
        // RFC 7515, 5.2, step 1: three parts and no more; five would be encrypted (RFC 7516), and that is not spoken here.
        var headerEnd = Array.IndexOf(token, (byte)'.');
        var payloadEnd = Array.LastIndexOf(token, (byte)'.');
        if (headerEnd == payloadEnd || token.AsSpan(headerEnd + 1, payloadEnd - headerEnd - 1).Contains((byte)'.'))
        {
            return null;
        }

        // Steps 2 to 5: the header.
        if (!StrictText.TryDecode(token.AsSpan(0, headerEnd), out var header) || ReadKeyId(header) is not { } keyId)
        {
            return null;
        }

        // Steps 7 and 8: the signature, before anything is done with what it protects.
        if (!StrictText.TryDecode(token.AsSpan(payloadEnd + 1), out var signature)
            || signature.Length != VerificationKey.SignatureLength
            || await keys.FindAsync(keyId, cancellationToken) is not { } key
            || !key.Verify(token.AsSpan(0, payloadEnd), signature))
        {
            return null;
        }

        // Step 6, and the claims (RFC 7519, section 7.2, step 10). Finding the key may have taken a while: what is the time now?
        var now = time.GetUtcNow();
        if (!StrictText.TryDecode(token.AsSpan(headerEnd + 1, payloadEnd - headerEnd - 1), out var payload)
            || AccessTokenPayload.Read(payload, options, now) is not { } claims
            || IsExpired(claims, now))
        {
            return null;
        }

        verified.Add(fingerprint, claims, now + CacheTime);
        return claims;
    }

    // The header may name the key and nothing else: the key decides the algorithm. Keys or addresses of keys that the token brings
    // along (jwk, jku, x5c, x5u) are not looked at, and what must be understood (crit) is not understood.
    private static string? ReadKeyId(byte[] header) =>
        StrictText.ReadObject(header, json => json.Text("alg") == "ES256" && !json.TryGetProperty("crit", out _) ? json.Text("kid") : null);

    private bool IsExpired(AccessTokenClaims claims, DateTimeOffset now) => claims.ExpiresAt <= now - options.ClockSkew;
}
