using System.Buffers.Text;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;
using Patron.Shared.Tokens;

namespace Patron.UnitTests.Tokens;

public class KeyTests
{
    private readonly TokenSetup setup = new();

    [Fact]
    public void Key_id_is_the_published_thumbprint()
    {
        // The example of RFC 9449 (sections 4.1 and 6.1) contains a P-256 key and its thumbprint.
        const string Set = """
            {"keys":[{"kty":"EC","crv":"P-256",
             "x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"}]}
            """;

        Assert.Equal("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I", Assert.Single(KeySet.Parse(Encoding.ASCII.GetBytes(Set))!).Kid);
    }

    [Fact]
    public void Thumbprint_follows_RFC_7638()
    {
        var key = SigningKey.Generate();
        var members = $$"""{"crv":"P-256","kty":"EC","x":"{{key.PublicKey.X}}","y":"{{key.PublicKey.Y}}"}""";

        Assert.Equal(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(members))), key.Id);
    }

    [Fact]
    public void Public_key_contains_no_private_part() => Assert.Null(SigningKey.Generate().PublicKey.D);

    [Fact]
    public void Exported_key_can_be_imported()
    {
        var copy = SigningKey.ImportPkcs8(setup.Key.ExportPkcs8());

        Assert.Equal(setup.Key.Id, copy.Id);
        Assert.NotNull(setup.Verify(setup.Signer.Sign(setup.SomeClaims(), copy)));
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

    // Such a key can be published with the correct id, but nothing can be signed with it.
    [Fact]
    public void Key_that_is_not_on_the_curve_verifies_nothing()
    {
        var y = Base64Url.DecodeFromChars(setup.Key.PublicKey.Y);
        y[31] ^= 1;
        foreach (var (badX, badY) in new[]
        {
            (setup.Key.PublicKey.X, Base64Url.EncodeToString(y)),
            (setup.Key.PublicKey.Y, setup.Key.PublicKey.X),
            (Base64Url.EncodeToString(new byte[32]), Base64Url.EncodeToString(new byte[32])),
            (Base64Url.EncodeToString(Filled(0xFF)), Base64Url.EncodeToString(Filled(0xFF))),
            (setup.Key.PublicKey.X[4..], setup.Key.PublicKey.Y),
            ("", ""),
        })
        {
            setup.Keys.Replace(new JsonWebKey { Kty = "EC", Crv = "P-256", X = badX, Y = badY, Kid = setup.Key.Id });
            Assert.Null(setup.Verify(setup.SomeToken()));
        }
    }

    // CVE-2022-21449, 'psychic signatures': values outside 1..n-1 must never verify.
    [Fact]
    public void Signatures_with_values_out_of_range_are_refused()
    {
        var order = Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
        var one = new BigInteger(1).ToByteArray(isUnsigned: true, isBigEndian: true);
        byte[][] numbers = [new byte[32], order, Filled(0xFF), [.. new byte[31], .. one]];
        var token = setup.SomeToken();

        Assert.All(
            from r in numbers from s in numbers select (byte[])[.. r, .. s],
            signature => Assert.Null(setup.Verify($"{token[..token.LastIndexOf('.')]}.{Base64Url.EncodeToString(signature)}")));
    }

    [Fact]
    public void Key_can_be_used_by_many_threads()
    {
        var forgetful = new TokenSetup(cacheCapacity: 0);

        Parallel.For(0, 500, new ParallelOptions { MaxDegreeOfParallelism = 16 }, _ => Assert.NotNull(forgetful.Verify(forgetful.SomeToken())));
    }

    private static byte[] Filled(byte value) => [.. Enumerable.Repeat(value, 32)];
}
