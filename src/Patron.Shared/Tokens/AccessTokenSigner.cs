using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Patron.Shared.Tokens;

/// <summary>Issues access tokens: claims as a signed JWT in compact form (RFC 7515, section 3.1; RFC 7519).</summary>
public sealed class AccessTokenSigner
{
    // Nothing has to be escaped inside base64url, and without escapes non-ASCII names stay short.
    private readonly TokenJson json = new(new JsonSerializerOptions(TokenJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    // We set the times ourselves, from the application's TimeProvider.
    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly AccessTokenOptions options;

    public AccessTokenSigner(AccessTokenOptions options)
    {
        options.ThrowIfUnusable();
        this.options = options;
    }

    /// <summary>The time from issue to expiry.</summary>
    public TimeSpan Lifetime => options.Lifetime;

    /// <summary>
    /// Signs a token. It contains the first <see cref="AccessTokenClaims.MaxMemberships"/> memberships, or none if it would otherwise be
    /// longer than verifiers accept. In both cases it is marked as truncated.
    /// </summary>
    /// <exception cref="ArgumentException">The token would be too long even without memberships, or a scope is invalid.</exception>
    public string Sign(AccessTokenClaims claims, SigningKey key)
    {
        var token = Sign(claims, AccessTokenClaims.MaxMemberships, key);
        if (token.Length > AccessTokenVerifier.MaxLength)
        {
            token = Sign(claims, 0, key);
        }

        return token.Length <= AccessTokenVerifier.MaxLength
            ? token
            : throw new ArgumentException("These claims do not fit into an access token.", nameof(claims));
    }

    // The type is "JWT" instead of "at+jwt" (RFC 9068), because more client libraries support it.
    private string Sign(AccessTokenClaims claims, int memberships, SigningKey key)
    {
        var payload = AccessTokenPayload.From(claims, memberships, options);
        return handler.CreateToken(JsonSerializer.Serialize(payload, json.AccessTokenPayload), key.Credentials);
    }
}
