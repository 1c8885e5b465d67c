using System.Security.Cryptography;

namespace Patron.Shared.Tokens;

/// <summary>
/// A private key for ES256. Safe for concurrent use. <see cref="Dispose"/> lets signatures under way finish and refuses later ones;
/// the private number itself stays in managed memory until the garbage collector takes it.
/// </summary>
public sealed class SigningKey : IDisposable
{
    private readonly EcdsaPool instances;

    private SigningKey(ECParameters key)
    {
        instances = new EcdsaPool(key);
        PublicKey = new VerificationKey(key.Q.X, key.Q.Y);
    }

    /// <summary>The identifier of both halves of the key (<c>kid</c>).</summary>
    public string Id => PublicKey.Id;

    /// <summary>What others verify with.</summary>
    public VerificationKey PublicKey { get; }

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
        var ecdsa = instances.Rent();
        var pkcs8 = ecdsa.ExportPkcs8PrivateKey();
        instances.Return(ecdsa);
        return pkcs8;
    }

    /// <summary>The signature over the data as r||s (RFC 7518, section 3.4).</summary>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        var ecdsa = instances.Rent();
        var signature = ecdsa.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        instances.Return(ecdsa);
        return signature;
    }

    public void Dispose() => instances.Close();
}
