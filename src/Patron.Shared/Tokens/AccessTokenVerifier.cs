using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Patron.Shared.Tokens;

/// <summary>
/// Tells genuine access tokens from all other strings. The library verifies, with less freedom than it offers (RFC 8725): one
/// algorithm, one serialization, one spelling, keys only from the own source.
/// </summary>
public sealed class AccessTokenVerifier
{
    /// <summary>Longer strings are refused unread.</summary>
    public const int MaxLength = 4096;

    private const int CacheCapacity = 10_000;
    private const int SignatureLength = 64; // RFC 7518, section 3.4: r and s of 32 bytes each.

    // A signature is computed again after this time, so a removed key ends with it.
    private static readonly TimeSpan CacheTime = TimeSpan.FromMinutes(5);

    private readonly IVerificationKeys keys;
    private readonly AccessTokenOptions options;
    private readonly TimeProvider time;
    private readonly VerifiedTokens verified;
    private readonly JsonWebTokenHandler handler = new();
    private readonly TokenValidationParameters demands;

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
        demands = new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ValidIssuer = options.Issuer,
            ValidAudience = options.Audience,
            TryAllIssuerSigningKeys = false,
            ValidateLifetime = false, // Here, by the clock that everything else goes by, and for remembered tokens too.
            LogValidationExceptions = false,
        };

        // As they are by default: nothing of a token goes into the library's messages.
        IdentityModelEventSource.ShowPII = false;
        IdentityModelEventSource.LogCompleteSecurityArtifact = false;
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
            : VerifySignatureAsync(token, fingerprint, cancellationToken);
    }

    private async ValueTask<AccessTokenClaims?> VerifySignatureAsync(
        string token, TokenFingerprint fingerprint, CancellationToken cancellationToken)
    {
        // Before the library: three parts, each in its only spelling, and a header that names the algorithm and the key and nothing else.
        var parts = token.Split('.', 4);
        if (parts.Length != 3
            || Decode(parts[0]) is not { } header
            || Decode(parts[1]) is not { } payload
            || Decode(parts[2]) is not { Length: SignatureLength }
            || TokenJson.Read(header, TokenJson.Default.AccessTokenHeader) is not { Alg: SecurityAlgorithms.EcdsaSha256 } named
            || await keys.FindAsync(named.Kid, cancellationToken) is not { } key)
        {
            return null;
        }

        var validation = demands.Clone();
        validation.IssuerSigningKey = key;
        if (!(await handler.ValidateTokenAsync(token, validation)).IsValid)
        {
            return null;
        }

        // Finding the key may have taken a while: what is the time now?
        var now = time.GetUtcNow();
        var read = TokenJson.Read(payload, TokenJson.Default.AccessTokenPayload);
        if (read?.ToClaims(now + options.ClockSkew) is not { } claims || IsExpired(claims, now))
        {
            return null;
        }

        verified.Add(fingerprint, claims, now + CacheTime);
        return claims;
    }

    // RFC 7515, section 2: base64url without padding, line breaks or anything else beside. Encoding again proves that the text was the only
    // spelling of its bytes, and covers unused bits at the end (RFC 4648, section 3.5) as well.
    private static byte[]? Decode(string text)
    {
        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        return Base64Url.DecodeFromChars(text, bytes, out _, out var length) == OperationStatus.Done
            && Base64Url.EncodeToString(bytes.AsSpan(0, length)) == text
            ? bytes[..length]
            : null;
    }

    private bool IsExpired(AccessTokenClaims claims, DateTimeOffset now) => claims.ExpiresAt <= now - options.ClockSkew;
}
