using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Patron.Shared.Tokens;

/// <summary>
/// A public key for ES256 (ECDSA on P-256 with SHA-256, RFC 7518, section 3.4), the only algorithm there is here: a token's header
/// has no say in how it is verified. Safe for concurrent use. Holds native memory that goes with the garbage, since a request
/// may still verify with a key that has just left its set.
/// </summary>
public sealed class VerificationKey
{
    /// <summary>Length of r||s, and so of every signature.</summary>
    public const int SignatureLength = 64;

    private const int CoordinateLength = 32;
    private readonly EcdsaPool instances;
    private readonly byte[] x;
    private readonly byte[] y;

    /// <exception cref="ArgumentException">The coordinates are no point of P-256.</exception>
    public VerificationKey(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        if (x.Length != CoordinateLength || y.Length != CoordinateLength)
        {
            throw new ArgumentException("A public key on P-256 has two coordinates of 32 bytes; no other curve is supported.", nameof(x));
        }

        this.x = x.ToArray();
        this.y = y.ToArray();
        try
        {
            instances = new EcdsaPool(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = { X = this.x, Y = this.y } });
        }
        catch (CryptographicException exception)
        {
            throw new ArgumentException("The coordinates are not a point on the curve P-256.", nameof(x), exception);
        }

        Id = Thumbprint(x, y);
    }

    /// <summary>The key's identifier (<c>kid</c>): its thumbprint, so that no other key can ever go by the same name.</summary>
    public string Id { get; }

    public ReadOnlyMemory<byte> X => x;

    public ReadOnlyMemory<byte> Y => y;

    /// <summary>Whether the signature, as r||s, was made over the data by the owner of this key.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureLength)
        {
            return false;
        }

        var ecdsa = instances.Rent();
        var genuine = ecdsa.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        instances.Return(ecdsa);
        return genuine;
    }

    // RFC 7638, section 3: SHA-256 over the required members, in the order of their names, without any white space.
    private static string Thumbprint(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(
            $$"""{"crv":"P-256","kty":"EC","x":"{{Base64Url.EncodeToString(x)}}","y":"{{Base64Url.EncodeToString(y)}}"}""")));
}
