using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Patron.Shared.Tokens;

namespace Patron.UnitTests.Tokens;

public sealed class JsonWebKeySetTests : IDisposable
{
    private readonly SigningKey first = SigningKey.Generate();
    private readonly SigningKey second = SigningKey.Generate();

    public void Dispose()
    {
        first.Dispose();
        second.Dispose();
    }

    [Fact]
    public void A_written_set_is_read_back()
    {
        var keys = JsonWebKeySet.Parse(JsonWebKeySet.Write([first.PublicKey, second.PublicKey]));

        Assert.Equal([first.Id, second.Id], keys!.Select(key => key.Id));
        Assert.True(keys![1].Verify("text"u8, second.Sign("text"u8)));
        Assert.Empty(JsonWebKeySet.Parse(JsonWebKeySet.Write([]))!);
    }

    [Fact]
    public void A_written_key_has_the_public_members_and_no_others()
    {
        using var set = JsonDocument.Parse(JsonWebKeySet.Write([first.PublicKey]));
        var key = set.RootElement.GetProperty("keys")[0];

        Assert.Equal(["kty", "crv", "x", "y", "kid", "use", "alg"], key.EnumerateObject().Select(member => member.Name));
        Assert.Equal("EC P-256 sig ES256", string.Join(' ', Member("kty"), Member("crv"), Member("use"), Member("alg")));
        Assert.Equal(first.Id, Member("kid"));
        Assert.Equal(first.PublicKey.X.ToArray(), Base64Url.DecodeFromChars(Member("x")));

        string Member(string name) => key.GetProperty(name).GetString()!;
    }

    [Theory]
    [InlineData("kty", "\"RSA\"")]
    [InlineData("kty", "\"oct\"")]
    [InlineData("kty", null)]
    [InlineData("crv", "\"P-384\"")]
    [InlineData("crv", "\"secp256k1\"")]
    [InlineData("crv", "256")]
    [InlineData("crv", null)]
    [InlineData("use", "\"enc\"")]
    [InlineData("use", "null")]
    [InlineData("alg", "\"HS256\"")]
    [InlineData("alg", "\"es256\"")]
    [InlineData("kid", "\"another name\"")]
    [InlineData("kid", "7")]
    [InlineData("d", "\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\"")]
    [InlineData("d", "null")]
    [InlineData("x", null)]
    [InlineData("x", "\"\"")]
    [InlineData("x", "[]")]
    [InlineData("x", "\"AAAA\"")]
    [InlineData("x", "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"")]
    [InlineData("y", "\"not base64url!\"")]
    [InlineData("y", "\"\\ud800\"")]
    public void An_unusable_key_is_skipped_and_the_others_are_read(string name, string? value)
    {
        var bad = Members(first.PublicKey);
        bad.Remove(name);
        if (value is not null)
        {
            bad[name] = value;
        }

        var keys = Parse($$"""{"keys":[{{TokenSetup.Json(bad)}},{{TokenSetup.Json(Members(second.PublicKey))}}],"more":1}""");

        // Half a surrogate pair is no JSON text at all (RFC 8259, section 8.2): the whole set is refused.
        Assert.Equal(value == "\"\\ud800\"" ? null : [second.Id], keys?.Select(key => key.Id));
    }

    [Theory]
    [InlineData("use")]
    [InlineData("alg")]
    [InlineData("kid")]
    public void A_key_may_do_without_optional_members(string name)
    {
        var members = Members(first.PublicKey);
        members.Remove(name);

        Assert.Equal(first.Id, Assert.Single(Parse($$"""{"keys":[{{TokenSetup.Json(members)}}]}""")!).Id);
    }

    [Fact]
    public void Padded_coordinates_are_skipped()
    {
        var members = Members(first.PublicKey);
        members["x"] = members["x"].Insert(members["x"].Length - 1, "=");

        Assert.Empty(Parse($$"""{"keys":[{{TokenSetup.Json(members)}}]}""")!);
    }

    [Fact]
    public void A_key_that_is_there_twice_counts_once_and_no_other_key_can_take_its_name()
    {
        var impostor = Members(second.PublicKey);
        impostor["kid"] = $"\"{first.Id}\"";
        var genuine = TokenSetup.Json(Members(first.PublicKey));

        var keys = Parse($$"""{"keys":[{{TokenSetup.Json(impostor)}},{{genuine}},{{genuine}}]}""");

        Assert.Equal(first.PublicKey.X.ToArray(), Assert.Single(keys!).X.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("{\"keys\":null}")]
    [InlineData("{\"keys\":{}}")]
    [InlineData("{\"keys\":[],\"keys\":[]}")]
    [InlineData("{\"keys\":[]")]
    [InlineData("<html></html>")]
    [InlineData("{\"keys\":[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]}")]
    public void What_is_no_key_set_is_null(string document) => Assert.Null(Parse(document));

    [Theory]
    [InlineData("{\"keys\":[null,1,\"x\",[],{},true]}")]
    [InlineData("{\"keys\":[{\"kty\":{},\"crv\":[],\"x\":1,\"y\":null}]}")]
    public void Elements_that_are_no_keys_are_skipped(string document) => Assert.Empty(Parse(document)!);

    private static IReadOnlyList<VerificationKey>? Parse(string document) => JsonWebKeySet.Parse(Encoding.UTF8.GetBytes(document));

    private static Dictionary<string, string> Members(VerificationKey key) => new(StringComparer.Ordinal)
    {
        ["kty"] = "\"EC\"",
        ["crv"] = "\"P-256\"",
        ["x"] = $"\"{Base64Url.EncodeToString(key.X.Span)}\"",
        ["y"] = $"\"{Base64Url.EncodeToString(key.Y.Span)}\"",
        ["kid"] = $"\"{key.Id}\"",
        ["use"] = "\"sig\"",
        ["alg"] = "\"ES256\"",
    };
}
