using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Patron.Shared.Tokens;

/// <summary>Makes access tokens: claims as a signed JWT in compact form (RFC 7515, section 3.1; RFC 7519).</summary>
public sealed class AccessTokenSigner
{
    // Inside base64url no character can do harm, and names outside ASCII stay short.
    private readonly TokenJson json = new(new JsonSerializerOptions(TokenJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    // The times are ours, of the clock that everything else goes by.
    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly AccessTokenOptions options;

    public AccessTokenSigner(AccessTokenOptions options)
    {
        options.ThrowIfUnusable();
        this.options = options;
    }

    /// <summary>From issue to expiry.</summary>
    public TimeSpan Lifetime => options.Lifetime;

    /// <summary>
    /// The token. Of more than <see cref="AccessTokenClaims.MaxMemberships"/> memberships the first are written, and none at all
    /// where long names and many memberships would make a token that verifiers find too long; both are marked as truncated.
    /// </summary>
    /// <exception cref="ArgumentException">The token would be too long even so, or a scope is no scope.</exception>
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

    // The type is "JWT", not "at+jwt" (RFC 9068): client libraries know it.
    private string Sign(AccessTokenClaims claims, int memberships, SigningKey key)
    {
        var payload = AccessTokenPayload.Of(claims, memberships, options);
        return handler.CreateToken(JsonSerializer.Serialize(payload, json.AccessTokenPayload), key.Credentials);
    }
}
