using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Patron.Shared.Tokens;

namespace Patron.UnitTests.Tokens;

/// <summary>Forged tokens (RFC 8725 describes most of these attacks).</summary>
public class AccessTokenForgeryTests
{
    private readonly TokenSetup setup = new();

    [Fact]
    public void Test_helpers_create_valid_tokens() =>
        Assert.NotNull(setup.Verify(setup.SignedToken(setup.GoodHeader, TokenSetup.Json(setup.GoodPayload()))));

    [Theory]
    [InlineData("\"none\"")]
    [InlineData("\"None\"")]
    [InlineData("\"HS256\"")]
    [InlineData("\"RS256\"")]
    [InlineData("\"ES384\"")]
    [InlineData("\"ES256K\"")]
    [InlineData("\"es256\"")]
    [InlineData("\"ES256 \"")]
    [InlineData("\"\"")]
    [InlineData("null")]
    [InlineData("256")]
    [InlineData("[\"ES256\"]")]
    public void Other_algorithm_in_the_header_is_refused_with_a_genuine_signature(string algorithm) =>
        AssertRefusedHeader($$"""{"alg":{{algorithm}},"kid":"{{setup.Key.Id}}"}""");

    [Fact]
    public void Token_without_signature_is_refused()
    {
        var header = TokenSetup.Encode($$"""{"alg":"none","kid":"{{setup.Key.Id}}"}""");
        var payload = TokenSetup.Encode(TokenSetup.Json(setup.GoodPayload()));

        Assert.Null(setup.Verify($"{header}.{payload}."));
        Assert.Null(setup.Verify($"{header}.{payload}"));
        Assert.Null(setup.Verify($"{TokenSetup.Encode(setup.GoodHeader)}.{payload}."));
    }

    // RFC 8725, section 2.1: an HMAC with the public key as its secret.
    [Theory]
    [InlineData("HS256")]
    [InlineData("ES256")]
    public void HMAC_with_the_public_key_is_refused(string algorithm)
    {
        var signed = TokenSetup.Encode($$"""{"alg":"{{algorithm}}","kid":"{{setup.Key.Id}}"}""")
            + "." + TokenSetup.Encode(TokenSetup.Json(setup.GoodPayload()));
        byte[] point = [4, .. Base64Url.DecodeFromChars(setup.Key.PublicKey.X), .. Base64Url.DecodeFromChars(setup.Key.PublicKey.Y)];
        foreach (var secret in (byte[][])[point, Encoding.UTF8.GetBytes(TokenSetup.KeySetOf(setup.Key)), Encoding.ASCII.GetBytes(setup.Key.Id)])
        {
            var mac = HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed));

            Assert.Null(setup.Verify($"{signed}.{Base64Url.EncodeToString(mac)}"));
            Assert.Null(setup.Verify($"{signed}.{Base64Url.EncodeToString([.. mac, .. mac])}"));
        }
    }

    [Fact]
    public void Token_with_the_id_of_another_key_is_refused()
    {
        var other = SigningKey.Generate();
        setup.Keys.Replace(setup.Key.PublicKey, other.PublicKey);

        AssertRefusedHeader($$"""{"alg":"ES256","kid":"{{other.Id}}"}""");
        AssertRefusedHeader("""{"alg":"ES256","kid":"unknown"}""");
    }

    [Fact]
    public void Key_embedded_in_the_token_is_not_used()
    {
        var forger = SigningKey.Generate();
        var (x, y) = (forger.PublicKey.X, forger.PublicKey.Y);
        var header = $$$"""
            {"alg":"ES256","kid":"{{{setup.Key.Id}}}","jku":"https://evil.example/",
             "jwk":{"kty":"EC","crv":"P-256","x":"{{{x}}}","y":"{{{y}}}"}}
            """;
        var signed = $"{TokenSetup.Encode(header)}.{TokenSetup.Encode(TokenSetup.Json(setup.GoodPayload()))}";

        Assert.Null(setup.Verify($"{signed}.{TokenSetup.SignatureOf(forger, signed)}"));
    }

    [Theory]
    [InlineData("{\"alg\":\"ES256\"}")]
    [InlineData("{\"alg\":\"ES256\",\"kid\":null}")]
    [InlineData("{\"alg\":\"ES256\",\"kid\":7}")]
    [InlineData("{\"alg\":\"ES256\",\"kid\":[\"KID\"]}")]
    [InlineData("{\"alg\":\"ES256\",\"KID\":\"KID\"}")]
    [InlineData("{\"kid\":\"KID\"}")]
    [InlineData("{\"alg\":\"ES256\",\"kid\":\"KID\",\"crit\":[\"exp\"],\"exp\":1}")]
    [InlineData("{\"alg\":\"ES256\",\"kid\":\"KID\",\"crit\":[]}")]
    [InlineData("{\"alg\":\"ES256\",\"kid\":\"KID\",\"crit\":null}")]
    [InlineData("{\"alg\":\"none\",\"alg\":\"ES256\",\"kid\":\"KID\"}")]
    [InlineData("{\"alg\":\"ES256\",\"kid\":\"other\",\"kid\":\"KID\"}")]
    [InlineData("{\"alg\":\"ES256\",\"kid\":\"KID\",\"typ\":\"a\",\"typ\":\"b\"}")]
    [InlineData("{\"alg\":\"ES256\",\"\\u0061lg\":\"none\",\"kid\":\"KID\"}")]
    [InlineData("{\"alg\":\"ES256\",\"kid\":\"KID\",\"x\":{\"y\":1,\"y\":2}}")]
    [InlineData("{\"alg\":\"ES256\",\"kid\":\"\\ud800\"}")]
    [InlineData("{\"alg\":\"ES256\",\"kid\":\"KID\",\"\\ud800\":1,\"\\udfff\":2}")]
    [InlineData("{\"alg\":\"ES256\",\"kid\":\"KID\",}")]
    [InlineData("{\"alg\":\"ES256\",\"kid\":\"KID\"}{}")]
    [InlineData("{\"alg\":\"ES256\",\"kid\":\"KID\"}//")]
    [InlineData("{\"alg\":\"ES256\",\"kid\":\"KID\"")]
    [InlineData("[\"alg\",\"ES256\",\"kid\",\"KID\"]")]
    [InlineData("\"ES256\"")]
    [InlineData("null")]
    [InlineData("ES256")]
    [InlineData("\uFEFF{\"alg\":\"ES256\",\"kid\":\"KID\"}")]
    public void Header_with_missing_extra_or_duplicate_members_is_refused(string header) =>
        AssertRefusedHeader(header.Replace("KID", setup.Key.Id, StringComparison.Ordinal));

    [Fact]
    public void Header_with_invalid_UTF_8_is_refused()
    {
        byte[] header = [.. "{\"alg\":\"ES256\",\"kid\":\""u8, 0xFF, 0xC0, .. "\"}"u8];

        Assert.Null(setup.Verify(setup.SomeToken().Replace(
            setup.SomeToken().Split('.')[0], Base64Url.EncodeToString(header), StringComparison.Ordinal)));
    }

    [Fact]
    public void Only_three_nonempty_parts_are_accepted()
    {
        var token = setup.SomeToken();
        var parts = token.Split('.');

        foreach (var other in (string[])
        [
            "", ".", "..", "...", "....", parts[0], $"{parts[0]}.{parts[1]}", $"{token}.", $".{token}", $"{token}.{parts[2]}",
            $"{parts[0]}.{parts[1]}.{parts[1]}.{parts[1]}.{parts[2]}", $"{parts[0]}..{parts[1]}.{parts[2]}", $"{parts[0]}..{parts[2]}",
            $".{parts[1]}.{parts[2]}", $"{parts[0]}.{parts[1]}.", $"{parts[0]}{parts[1]}{parts[2]}", $"{parts[2]}.{parts[1]}.{parts[0]}",
        ])
        {
            Assert.Null(setup.Verify(other));
        }
    }

    [Fact]
    public void Malformed_token_causes_no_key_lookup()
    {
        var token = setup.SomeToken();
        var parts = token.Split('.');

        Assert.Null(setup.Verify($"{parts[0]}.{parts[1]}.{parts[1]}.{parts[1]}.{parts[2]}"));
        Assert.Null(setup.Verify($"{parts[0]}.{parts[1]}.AAAA"));
        Assert.Null(setup.Verify($"{parts[1]}.{parts[1]}.{parts[2]}"));
        Assert.Equal(0, setup.Keys.LookUps);
    }

    [Fact]
    public void Token_with_additional_characters_is_refused()
    {
        var token = setup.SomeToken();
        var parts = token.Split('.');

        foreach (var extra in (string[])[" ", "\n", "\r\n", "\t", "=", "==", "%", "+", "/", "\0", "é", "\uFEFF", "Bearer "])
        {
            Assert.Null(setup.Verify(token + extra));
            Assert.Null(setup.Verify(extra + token));
            Assert.Null(setup.Verify($"{parts[0]}{extra}.{parts[1]}.{parts[2]}"));
            Assert.Null(setup.Verify($"{parts[0]}.{parts[1]}{extra}.{parts[2]}"));
            Assert.Null(setup.Verify(token.Insert(10, extra)));
            Assert.Null(setup.Verify(token.Insert(token.Length - 10, extra)));
        }
    }

    // The signature covers the encoded text, so only the signer could encode it differently. The verifier still refuses it.
    [Fact]
    public void Padding_and_unused_bits_are_refused_with_a_genuine_signature()
    {
        // A space changes the header's length so that the last character has unused bits.
        var header = Enumerable.Range(0, 3).Select(spaces => TokenSetup.Encode(setup.GoodHeader + new string(' ', spaces)))
            .First(text => text.Length % 4 == 2);
        var payload = TokenSetup.Encode(TokenSetup.Json(setup.GoodPayload()));

        Assert.NotNull(setup.Verify(Signed($"{header}.{payload}")));
        Assert.Null(setup.Verify(Signed($"{header}==.{payload}")));
        Assert.Null(setup.Verify(Signed($"{header} .{payload}")));
        Assert.Null(setup.Verify(Signed($"{NextCharacter(header)}.{payload}")));
        Assert.Null(setup.Verify(Signed($"{header}.{payload}=")));
        Assert.Null(setup.Verify(Signed($"{header}.{payload}\n")));
        Assert.Null(setup.Verify(Signed($"{header}.")));

        string Signed(string text) => $"{text}.{TokenSetup.SignatureOf(setup.Key, text)}";
    }

    [Fact]
    public void Signature_with_unused_bits_is_refused()
    {
        var token = setup.SomeToken(); // 64 bytes leave four bits unused in the last of 86 characters

        Assert.Null(setup.Verify(NextCharacter(token)));
    }

    [Fact]
    public void Signature_in_another_format_is_refused()
    {
        var token = setup.SomeToken();
        var signed = token[..token.LastIndexOf('.')];
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(setup.Key.ExportPkcs8(), out _);
        var data = Encoding.ASCII.GetBytes(signed);
        var der = ecdsa.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        var right = ecdsa.SignData(data, HashAlgorithmName.SHA256);

        Assert.NotNull(setup.Verify(With(right)));
        Assert.Null(setup.Verify(With(der)));
        Assert.Null(setup.Verify(With(der[..64])));
        Assert.Null(setup.Verify(With(right[..63])));
        Assert.Null(setup.Verify(With([.. right, 0])));
        Assert.Null(setup.Verify(With([0, .. right])));
        Assert.Null(setup.Verify(With([.. right[32..], .. right[..32]])));
        Assert.Null(setup.Verify(With(new byte[64])));
        Assert.Null(setup.Verify(With(ecdsa.SignData(data, HashAlgorithmName.SHA384))));

        string With(byte[] signature) => $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    [Fact]
    public void Every_changed_bit_is_detected()
    {
        var token = setup.SomeToken();
        for (var position = 0; position < token.Length; position++)
        {
            for (var bit = 1; bit <= 0x80; bit <<= 1)
            {
                var changed = token.ToCharArray();
                changed[position] = (char)(changed[position] ^ bit);
                Assert.Null(setup.Verify(new string(changed)));
            }
        }

        Assert.NotNull(setup.Verify(token));
    }

    [Fact]
    public void Every_truncated_token_is_refused()
    {
        var token = setup.SomeToken();

        Assert.All(Enumerable.Range(0, token.Length), length =>
        {
            Assert.Null(setup.Verify(token[..length]));
            Assert.Null(setup.Verify(token[(length + 1)..]));
        });
    }

    [Fact]
    public void Token_of_4096_characters_is_accepted_and_a_longer_one_refused()
    {
        var payload = setup.GoodPayload();
        var room = AccessTokenVerifier.MaxLength - setup.SignedToken(setup.GoodHeader, TokenSetup.Json(payload)).Length;
        string Padded(int length)
        {
            payload["more"] = $"\"{new string('x', length)}\"";
            return setup.SignedToken(setup.GoodHeader, TokenSetup.Json(payload));
        }

        var tokens = Enumerable.Range((room * 3 / 4) - 20, 20).Select(Padded).ToList();

        Assert.Contains(tokens, token => token.Length == 4096);
        Assert.Contains(tokens, token => token.Length > 4096);
        Assert.All(tokens, token => Assert.Equal(token.Length <= 4096, setup.Verify(token) is not null));
        Assert.Null(setup.Verify(new string('a', 1_000_000)));
        Assert.Null(setup.Verify(new string('.', 4096)));
    }

    [Fact]
    public void Arbitrary_text_is_refused_without_an_exception()
    {
        Prop.ForAll<string?>(text => text is null || setup.Verify(text) is null).QuickCheckThrowOnFailure();
        Prop.ForAll<string?, string?, string?>((header, payload, signature) => setup.Verify($"{header}.{payload}.{signature}") is null)
            .QuickCheckThrowOnFailure();
        Prop.ForAll<byte[]?, byte[]?, byte[]?>((header, payload, signature) =>
            setup.Verify($"{Encode(header)}.{Encode(payload)}.{Encode(signature)}") is null).QuickCheckThrowOnFailure();
        Prop.ForAll<byte[]?, byte[]?>((payload, signature) =>
            setup.Verify($"{TokenSetup.Encode(setup.GoodHeader)}.{Encode(payload)}.{Encode(Sized(signature, 64))}") is null)
            .QuickCheckThrowOnFailure();

        static string Encode(byte[]? bytes) => Base64Url.EncodeToString(bytes);
    }

    [Fact]
    public void Arbitrary_payload_with_a_genuine_signature_causes_no_exception()
    {
        Prop.ForAll<string?>(payload => setup.Verify(setup.SignedToken(setup.GoodHeader, payload ?? "")) is null)
            .QuickCheckThrowOnFailure();

        string[] claims =
        [
            "iss", "aud", "jti", "sub", "iat", "exp", "nbf", "user_id", "email", "email_verified", "user_role", "sid", "memberships",
            "memberships_truncated", "key", "organization", "scope",
        ];
        string[] values =
        [
            "null", "true", "0", "-1", "1e400", "99999999999999999999", "\"\"", "\"\\ud800\"", "[]", "{}", "[null]", "[{}]", "[[]]",
            "{\"id\":{}}",
        ];
        Assert.All(
            from claim in claims from value in values select setup.TokenWithClaim(claim, value),
            token => Assert.True(setup.Verify(token) is null or { ExpiresAt.Year: 2026 }));
    }

    [Fact]
    public void Any_change_is_detected()
    {
        var token = setup.SomeToken();
        var change =
            from kind in Gen.Choose(0, 4)
            from position in Gen.Choose(0, token.Length - 1)
            from other in Gen.Choose(0, token.Length - 1)
            from character in Gen.OneOf(
                Gen.Elements("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ".ToCharArray()),
                ArbMap.Default.GeneratorFor<char>())
            select kind switch
            {
                0 => token.Remove(position, 1),
                1 => token.Insert(position, $"{character}"),
                2 => token.Remove(position, 1).Insert(position, $"{character}"),
                3 => token.Insert(position, token[Math.Min(position, other)..Math.Max(position, other)]),
                _ => Swapped(token, position, other),
            };

        Prop.ForAll(change.ToArbitrary(), changed => changed == token || setup.Verify(changed) is null)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    private static string Swapped(string text, int position, int other)
    {
        var characters = text.ToCharArray();
        (characters[position], characters[other]) = (characters[other], characters[position]);
        return new string(characters);
    }

    private static byte[] Sized(byte[]? bytes, int length)
    {
        var sized = new byte[length];
        bytes?.AsSpan(0, Math.Min(bytes.Length, length)).CopyTo(sized);
        return sized;
    }

    // 'A' becomes 'B', 'Q' becomes 'R', 'w' becomes 'x': the same bytes, with an unused bit set.
    private static string NextCharacter(string text) => text[..^1] + (char)(text[^1] + 1);

    private void AssertRefusedHeader(string header) =>
        Assert.Null(setup.Verify(setup.SignedToken(header, TokenSetup.Json(setup.GoodPayload()))));
}
