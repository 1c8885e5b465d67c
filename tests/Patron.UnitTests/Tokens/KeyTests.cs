using System.Buffers.Text;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Patron.Shared.Tokens;

namespace Patron.UnitTests.Tokens;

public class KeyTests
{
    // RFC 7515, appendix A.3.
    private const string PublishedX = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    private const string PublishedY = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
    private const string PublishedInput =
        "eyJhbGciOiJFUzI1NiJ9"
        + ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

    private const string PublishedSignature =
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

    [Fact]
    public void The_published_example_of_ES256_verifies()
    {
        var key = PublishedKey();

        Assert.True(key.Verify(Ascii(PublishedInput), Base64Url.DecodeFromChars(PublishedSignature)));
        Assert.False(key.Verify(Ascii(PublishedInput + "A"), Base64Url.DecodeFromChars(PublishedSignature)));
    }

    // The proof-of-possession example of RFC 9449 (sections 4.1 and 6.1) gives a key on P-256 and its thumbprint.
    [Fact]
    public void A_key_is_called_by_its_published_thumbprint()
    {
        var key = new VerificationKey(
            Base64Url.DecodeFromChars("l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs"),
            Base64Url.DecodeFromChars("9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"));

        Assert.Equal("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I", key.Id);
    }

    [Fact]
    public void The_thumbprint_follows_the_procedure_of_RFC_7638()
    {
        var members = $$"""{"crv":"P-256","kty":"EC","x":"{{PublishedX}}","y":"{{PublishedY}}"}""";

        Assert.Equal(Base64Url.EncodeToString(SHA256.HashData(Ascii(members))), PublishedKey().Id);
    }

    [Fact]
    public void A_signature_of_a_new_key_verifies_with_its_public_half_only()
    {
        using var key = SigningKey.Generate();
        using var other = SigningKey.Generate();
        var signature = key.Sign("text"u8);

        Assert.Equal(64, signature.Length);
        Assert.True(key.PublicKey.Verify("text"u8, signature));
        Assert.False(key.PublicKey.Verify("Text"u8, signature));
        Assert.False(other.PublicKey.Verify("text"u8, signature));
    }

    [Fact]
    public void An_exported_key_comes_back_as_the_same_key()
    {
        using var key = SigningKey.Generate();
        using var copy = SigningKey.ImportPkcs8(key.ExportPkcs8());

        Assert.Equal(key.Id, copy.Id);
        Assert.True(key.PublicKey.Verify("text"u8, copy.Sign("text"u8)));
    }

    [Fact]
    public void Signing_keys_on_other_curves_are_refused()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var brainpool = ECDsa.Create(ECCurve.NamedCurves.brainpoolP256r1);
        using var rsa = RSA.Create(2048);

        Assert.Throws<ArgumentException>(() => SigningKey.ImportPkcs8(p384.ExportPkcs8PrivateKey()));
        Assert.Throws<ArgumentException>(() => SigningKey.ImportPkcs8(brainpool.ExportPkcs8PrivateKey()));
        Assert.ThrowsAny<CryptographicException>(() => SigningKey.ImportPkcs8(rsa.ExportPkcs8PrivateKey()));
        Assert.ThrowsAny<CryptographicException>(() => SigningKey.ImportPkcs8([]));
    }

    [Fact]
    public void Coordinates_that_are_no_point_of_the_curve_are_refused()
    {
        var (x, y) = (Base64Url.DecodeFromChars(PublishedX), Base64Url.DecodeFromChars(PublishedY));
        var offTheCurve = (byte[])y.Clone();
        offTheCurve[31] ^= 1;
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var foreign = p384.ExportParameters(includePrivateParameters: false).Q;

        Assert.Throws<ArgumentException>(() => new VerificationKey(x, offTheCurve));
        Assert.Throws<ArgumentException>(() => new VerificationKey(y, x));
        Assert.Throws<ArgumentException>(() => new VerificationKey(new byte[32], new byte[32]));
        Assert.Throws<ArgumentException>(() => new VerificationKey(Filled(0xFF), Filled(0xFF)));
        Assert.Throws<ArgumentException>(() => new VerificationKey(x.AsSpan(1), y));
        Assert.Throws<ArgumentException>(() => new VerificationKey([0, .. x], y));
        Assert.Throws<ArgumentException>(() => new VerificationKey([], []));
        Assert.Throws<ArgumentException>(() => new VerificationKey(foreign.X, foreign.Y));
    }

    // CVE-2022-21449, 'psychic signatures': numbers outside 1..n-1 must never verify, whatever the text.
    [Fact]
    public void Signatures_with_numbers_out_of_range_are_refused()
    {
        var order = Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
        var one = new BigInteger(1).ToByteArray(isUnsigned: true, isBigEndian: true);
        byte[][] numbers = [new byte[32], order, Filled(0xFF), [.. new byte[31], .. one]];
        var key = PublishedKey();

        Assert.All(
            from r in numbers from s in numbers select (byte[])[.. r, .. s],
            signature => Assert.False(key.Verify(Ascii(PublishedInput), signature)));
    }

    [Fact]
    public void Signatures_of_another_length_are_refused()
    {
        using var key = SigningKey.Generate();
        var signature = key.Sign("text"u8);

        Assert.False(key.PublicKey.Verify("text"u8, signature.AsSpan(1)));
        Assert.False(key.PublicKey.Verify("text"u8, [0, .. signature]));
        Assert.False(key.PublicKey.Verify("text"u8, []));
    }

    [Fact]
    public void Many_threads_sign_and_verify_with_one_key()
    {
        using var key = SigningKey.Generate();

        Parallel.For(0, 500, new ParallelOptions { MaxDegreeOfParallelism = 16 }, number =>
        {
            var text = BitConverter.GetBytes(number);
            Assert.True(key.PublicKey.Verify(text, key.Sign(text)));
        });
    }

    [Fact]
    public void A_disposed_key_signs_no_more_but_its_signatures_stay_good()
    {
        var key = SigningKey.Generate();
        var signature = key.Sign("text"u8);
        key.Dispose();
        key.Dispose();

        Assert.Throws<ObjectDisposedException>(() => key.Sign("text"u8));
        Assert.True(key.PublicKey.Verify("text"u8, signature));
    }

    private static VerificationKey PublishedKey() =>
        new(Base64Url.DecodeFromChars(PublishedX), Base64Url.DecodeFromChars(PublishedY));

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    private static byte[] Filled(byte value) => [.. Enumerable.Repeat(value, 32)];
}
