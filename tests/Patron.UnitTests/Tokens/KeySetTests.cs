using System.Text;
using Microsoft.IdentityModel.Tokens;
using Patron.Shared.Tokens;

namespace Patron.UnitTests.Tokens;

public sealed class KeySetTests
{
    private readonly SigningKey first = SigningKey.Generate();
    private readonly SigningKey second = SigningKey.Generate();

    [Fact]
    public void Published_set_is_read()
    {
        Assert.Equal([first.Id, second.Id], Parse(TokenSetup.KeySetOf(first, second))!.Select(key => key.Kid));
        Assert.Empty(Parse("""{"keys":[]}""")!);
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
    public void Unusable_key_is_skipped_and_others_are_read(string name, string? value)
    {
        var bad = TokenSetup.Members(first.PublicKey);
        bad.Remove(name);
        if (value is not null)
        {
            bad[name] = value;
        }

        var keys = Parse($$"""{"keys":[{{TokenSetup.Json(bad)}},{{TokenSetup.Json(TokenSetup.Members(second.PublicKey))}}],"more":1}""");

        Assert.Equal([second.Id], keys!.Select(key => key.Kid));
    }

    [Theory]
    [InlineData("use")]
    [InlineData("alg")]
    [InlineData("kid")]
    public void Optional_members_can_be_missing(string name)
    {
        var members = TokenSetup.Members(first.PublicKey);
        members.Remove(name);

        Assert.Equal(first.Id, Assert.Single(Parse($$"""{"keys":[{{TokenSetup.Json(members)}}]}""")!).Kid);
    }

    [Fact]
    public void Padded_coordinates_are_skipped()
    {
        var members = TokenSetup.Members(first.PublicKey);
        members["x"] = members["x"].Insert(members["x"].Length - 1, "=");

        Assert.Empty(Parse($$"""{"keys":[{{TokenSetup.Json(members)}}]}""")!);
    }

    [Fact]
    public void Duplicate_key_is_read_once_and_another_key_cannot_use_its_id()
    {
        var impostor = TokenSetup.Members(second.PublicKey);
        impostor["kid"] = $"\"{first.Id}\"";
        var genuine = TokenSetup.Json(TokenSetup.Members(first.PublicKey));

        var keys = Parse($$"""{"keys":[{{TokenSetup.Json(impostor)}},{{genuine}},{{genuine}}]}""");

        Assert.Equal(first.PublicKey.X, Assert.Single(keys!).X);
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
    public void Invalid_key_set_is_null(string document) => Assert.Null(Parse(document));

    [Theory]
    [InlineData("{\"keys\":[null,1,\"x\",[],{},true]}")]
    [InlineData("{\"keys\":[{\"kty\":{},\"crv\":[],\"x\":1,\"y\":null}]}")]
    public void Elements_that_are_not_keys_are_skipped(string document) => Assert.Empty(Parse(document)!);

    private static IReadOnlyList<JsonWebKey>? Parse(string document) => KeySet.Parse(Encoding.UTF8.GetBytes(document));
}
