using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Patron.Shared.Tokens;

/// <summary>The public keys of access tokens: from this database, or from another service.</summary>
public interface IVerificationKeys
{
    /// <summary>The key with this id; null when there is none or it cannot be fetched now.</summary>
    ValueTask<JsonWebKey?> FindAsync(string keyId, CancellationToken cancellationToken);
}

/// <summary>
/// Verifies access tokens. The library is restricted to one algorithm, one serialization, one encoding and keys from our own source
/// (RFC 8725).
/// </summary>
public sealed class AccessTokenVerifier
{
    /// <summary>Longer tokens are refused without being parsed.</summary>
    public const int MaxLength = 4096;

    private const int CacheCapacity = 10_000;
    private const int SignatureLength = 64; // RFC 7518, section 3.4: r and s of 32 bytes each.

    // After this time the signature is verified again, so that tokens of a removed key are no longer accepted.
    private static readonly TimeSpan CacheDuration = TimeSpan.FromMinutes(5);

    private readonly IVerificationKeys keys;
    private readonly AccessTokenOptions options;
    private readonly TimeProvider time;
    private readonly VerifiedTokenCache cache;
    private readonly JsonWebTokenHandler handler = new();
    private readonly TokenValidationParameters validationParameters;

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
        cache = new VerifiedTokenCache(cacheCapacity);
        validationParameters = new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ValidIssuer = options.Issuer,
            ValidAudience = options.Audience,
            TryAllIssuerSigningKeys = false,
            ValidateLifetime = false, // We check it ourselves, with the application's TimeProvider, for cached tokens too.
            LogValidationExceptions = false,
        };

        // These are the defaults. They keep token contents out of the library's messages.
        IdentityModelEventSource.ShowPII = false;
        IdentityModelEventSource.LogCompleteSecurityArtifact = false;
    }

    internal int CachedTokens => cache.Count;

    /// <summary>The claims of the token, or null when it is not genuine, not for us or not valid at this time.</summary>
    public ValueTask<AccessTokenClaims?> VerifyAsync(string token, CancellationToken cancellationToken)
    {
        var read = ReadAsync(token, cancellationToken);
        return read.IsCompletedSuccessfully ? ValueTask.FromResult(UnlessExpired(read.Result)) : WaitAsync(read);

        async ValueTask<AccessTokenClaims?> WaitAsync(ValueTask<AccessTokenClaims?> claims) => UnlessExpired(await claims);
    }

    /// <summary>Whether the token of these claims has expired.</summary>
    public bool IsExpired(AccessTokenClaims claims) => claims.ExpiresAt <= time.GetUtcNow() - options.ClockSkew;

    /// <summary>
    /// The claims of a token that is genuine and for us, even if it has expired; null for any other one. Nobody may act on expired claims.
    /// </summary>
    public ValueTask<AccessTokenClaims?> ReadAsync(string token, CancellationToken cancellationToken)
    {
        Span<byte> buffer = stackalloc byte[MaxLength];
        if (token.Length > MaxLength || Ascii.FromUtf16(token, buffer, out var length) != OperationStatus.Done)
        {
            return ValueTask.FromResult<AccessTokenClaims?>(null);
        }

        var fingerprint = TokenFingerprint.Compute(buffer[..length]);
        var now = time.GetUtcNow();
        return cache.Find(fingerprint, now) is { } claims
            ? ValueTask.FromResult<AccessTokenClaims?>(claims)
            : VerifySignatureAsync(token, fingerprint, cancellationToken);
    }

    private async ValueTask<AccessTokenClaims?> VerifySignatureAsync(
        string token, TokenFingerprint fingerprint, CancellationToken cancellationToken)
    {
        // Checked before the library parses the token: three parts in canonical base64url, and a header with the algorithm and the key
        // only.
        var parts = token.Split('.', 4);
        if (parts.Length != 3
            || Decode(parts[0]) is not { } header
            || Decode(parts[1]) is not { } payload
            || Decode(parts[2]) is not { Length: SignatureLength }
            || TokenJson.Read(header, TokenJson.Default.AccessTokenHeader) is not { Alg: SecurityAlgorithms.EcdsaSha256 } parsedHeader
            || await keys.FindAsync(parsedHeader.Kid, cancellationToken) is not { } key)
        {
            return null;
        }

        var parameters = validationParameters.Clone();
        parameters.IssuerSigningKey = key;
        if (!(await handler.ValidateTokenAsync(token, parameters)).IsValid)
        {
            return null;
        }

        // Finding the key may have taken a while, so the time is read again.
        var now = time.GetUtcNow();
        var read = TokenJson.Read(payload, TokenJson.Default.AccessTokenPayload);
        if (read?.ToClaims(now + options.ClockSkew) is not { } claims)
        {
            return null;
        }

        if (!IsExpired(claims))
        {
            cache.Add(fingerprint, claims, now + CacheDuration);
        }

        return claims;
    }

    private AccessTokenClaims? UnlessExpired(AccessTokenClaims? claims) => claims is null || IsExpired(claims) ? null : claims;

    // RFC 7515, section 2: base64url without padding, line breaks or other characters. Encoding the bytes again proves that the text was
    // the canonical encoding, including the unused bits at the end (RFC 4648, section 3.5).
    private static byte[]? Decode(string text)
    {
        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        return Base64Url.DecodeFromChars(text, bytes, out _, out var length) == OperationStatus.Done
            && Base64Url.EncodeToString(bytes.AsSpan(0, length)) == text
            ? bytes[..length]
            : null;
    }
}
