using System.Buffers.Text;
using System.Text;

namespace Patron.Shared.Tokens;

/// <summary>Makes access tokens: claims as a signed JWT in compact form (RFC 7515, section 3.1; RFC 7519).</summary>
public sealed class AccessTokenSigner
{
    private readonly AccessTokenOptions options;

    public AccessTokenSigner(AccessTokenOptions options)
    {
        options.ThrowIfUnusable();
        this.options = options;
    }

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

    private string Sign(AccessTokenClaims claims, int memberships, SigningKey key)
    {
        // "JWT", not "at+jwt" (RFC 9068): client libraries know it. The key's id is base64url and needs no escaping.
        var header = $$"""{"alg":"ES256","typ":"JWT","kid":"{{key.Id}}"}""";
        var payload = AccessTokenPayload.Write(claims, memberships, options);
        var signed = $"{Base64Url.EncodeToString(Encoding.ASCII.GetBytes(header))}.{Base64Url.EncodeToString(payload)}";
        return $"{signed}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }
}
