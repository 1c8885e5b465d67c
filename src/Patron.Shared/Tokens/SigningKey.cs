using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Patron.Shared.Tokens;

/// <summary>
/// A private key for ES256 (ECDSA on P-256 with SHA-256, RFC 7518, section 3.4). It is safe for concurrent use: the library signs and
/// verifies with instances of its own. The private key stays in managed memory until it is garbage collected.
/// </summary>
public sealed class SigningKey
{
    private readonly ECParameters parameters;

    private SigningKey(ECParameters parameters)
    {
        this.parameters = parameters;
        PublicKey = ToJsonWebKey(parameters);
        // The key id is the thumbprint (RFC 7638), so that two keys can never have the same id.
        PublicKey.Kid = Base64UrlEncoder.Encode(PublicKey.ComputeJwkThumbprint());
        var privateKey = ToJsonWebKey(parameters);
        privateKey.Kid = PublicKey.Kid;
        privateKey.D = Base64UrlEncoder.Encode(parameters.D);
        Credentials = new SigningCredentials(privateKey, SecurityAlgorithms.EcdsaSha256);
    }

    /// <summary>The identifier of the key pair (<c>kid</c>).</summary>
    public string Id => PublicKey.Kid;

    /// <summary>The public key, for verification.</summary>
    public JsonWebKey PublicKey { get; }

    internal SigningCredentials Credentials { get; }

    public static SigningKey Generate()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new SigningKey(ecdsa.ExportParameters(includePrivateParameters: true));
    }

    /// <summary>Reads what <see cref="ExportPkcs8"/> wrote.</summary>
    /// <exception cref="CryptographicException">This is not a private key for an elliptic curve.</exception>
    /// <exception cref="ArgumentException">The key is on another curve.</exception>
    public static SigningKey ImportPkcs8(ReadOnlySpan<byte> pkcs8)
    {
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(pkcs8, out var length);
        var key = ecdsa.ExportParameters(includePrivateParameters: true);
        if (length != pkcs8.Length || !key.Curve.IsNamed || key.Curve.Oid.Value != ECCurve.NamedCurves.nistP256.Oid.Value)
        {
            throw new ArgumentException("A signing key is a private key on the curve P-256 and nothing else.", nameof(pkcs8));
        }

        return new SigningKey(key);
    }

    /// <summary>The private key as unencrypted PKCS #8. Encrypt it before it is stored, and clear the array afterwards.</summary>
    public byte[] ExportPkcs8()
    {
        using var ecdsa = ECDsa.Create(parameters);
        return ecdsa.ExportPkcs8PrivateKey();
    }

    private static JsonWebKey ToJsonWebKey(ECParameters parameters) => new()
    {
        Kty = JsonWebAlgorithmsKeyTypes.EllipticCurve,
        Crv = JsonWebKeyECTypes.P256,
        X = Base64UrlEncoder.Encode(parameters.Q.X),
        Y = Base64UrlEncoder.Encode(parameters.Q.Y),
        Use = JsonWebKeyUseNames.Sig,
        Alg = SecurityAlgorithms.EcdsaSha256,
    };
}
