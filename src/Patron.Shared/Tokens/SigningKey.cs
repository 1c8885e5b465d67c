using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Patron.Shared.Tokens;

/// <summary>
/// A private key for ES256 (ECDSA on P-256 with SHA-256, RFC 7518, section 3.4). Safe for concurrent use: the library signs and
/// verifies with instances of its own. The private number stays in managed memory until the garbage collector takes it.
/// </summary>
public sealed class SigningKey
{
    private readonly ECParameters parameters;

    private SigningKey(ECParameters parameters)
    {
        this.parameters = parameters;
        PublicKey = ToJsonWebKey(parameters);
        // The key's name is its thumbprint (RFC 7638), so that no other key can ever go by it.
        PublicKey.Kid = Base64UrlEncoder.Encode(PublicKey.ComputeJwkThumbprint());
        var privateKey = ToJsonWebKey(parameters);
        privateKey.Kid = PublicKey.Kid;
        privateKey.D = Base64UrlEncoder.Encode(parameters.D);
        Credentials = new SigningCredentials(privateKey, SecurityAlgorithms.EcdsaSha256);
    }

    /// <summary>The identifier of both halves of the key (<c>kid</c>).</summary>
    public string Id => PublicKey.Kid;

    /// <summary>What others verify with.</summary>
    public JsonWebKey PublicKey { get; }

    internal SigningCredentials Credentials { get; }

    public static SigningKey Generate()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new SigningKey(ecdsa.ExportParameters(includePrivateParameters: true));
    }

    /// <summary>Reads what <see cref="ExportPkcs8"/> wrote.</summary>
    /// <exception cref="CryptographicException">This is no private key for an elliptic curve.</exception>
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

    /// <summary>The private key as PKCS #8, not encrypted: wrap it before it is stored, and clear it afterwards.</summary>
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
