using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Patron.Shared.Callers;
using Patron.Shared.Tokens;

namespace Patron.UnitTests.Tokens;

public class AccessTokenRoundtripTests
{
    private readonly TokenSetup setup = new();

    [Fact]
    public void Signed_claims_are_read_unchanged() =>
        Prop.ForAll(AnyClaims().ToArbitrary(), claims =>
        {
            var read = setup.Verify(setup.Signer.Sign(claims, setup.Key));
            AssertSame(claims, read);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Payload_uses_the_documented_names()
    {
        var claims = setup.SomeClaims();
        using var payload = ReadPart(setup.Signer.Sign(claims, setup.Key), 1);

        Assert.Equal(
            "iss aud jti sub iat exp user_id email email_verified first_name last_name user_role sid memberships",
            string.Join(' ', payload.RootElement.EnumerateObject().Select(member => member.Name)));
        Assert.Equal(
            $$"""[{"id":"{{claims.Memberships[0].OrganizationId}}","number":1,"role":"employee"}]""",
            payload.RootElement.GetProperty("memberships").GetRawText());
        Assert.Equal("Łukasiewicz", payload.RootElement.GetProperty("last_name").GetString());
    }

    [Fact]
    public void Header_contains_algorithm_type_and_key()
    {
        using var header = ReadPart(setup.SomeToken(), 0);

        Assert.Equal(setup.GoodHeader, header.RootElement.GetRawText());
    }

    [Fact]
    public void Token_of_an_API_key_contains_its_grant()
    {
        var grant = new ApiKeyGrant(Guid.CreateVersion7(), Guid.CreateVersion7(), ["customers.read", "customers.write"]);
        var claims = setup.SomeClaims() with { UserId = null, SessionId = null, Email = null, Key = grant, Memberships = [] };
        var token = setup.Signer.Sign(claims, setup.Key);
        using var payload = ReadPart(token, 1);

        AssertSame(claims, setup.Verify(token));
        Assert.Equal("customers.read customers.write", payload.RootElement.GetProperty("scope").GetString());
        Assert.False(payload.RootElement.TryGetProperty("user_id", out _));
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("")]
    public void Invalid_scope_is_not_signed(string scope)
    {
        var claims = setup.SomeClaims() with { Key = new ApiKeyGrant(Guid.Empty, Guid.Empty, [scope]) };

        Assert.Throws<ArgumentException>(() => setup.Signer.Sign(claims, setup.Key));
    }

    [Theory]
    [InlineData(20, 20, false)]
    [InlineData(21, 20, true)]
    [InlineData(500, 20, true)]
    public void More_than_twenty_memberships_are_truncated_and_marked(int count, int kept, bool truncated)
    {
        var read = setup.Verify(setup.Signer.Sign(setup.SomeClaims() with { Memberships = Memberships(count) }, setup.Key))!;

        Assert.Equal(kept, read.Memberships.Count);
        Assert.Equal(truncated, read.MembershipsTruncated);
    }

    [Fact]
    public void Long_names_omit_the_memberships()
    {
        var name = new string('語', 250);
        var claims = setup.SomeClaims() with { FirstName = name, LastName = name, Memberships = Memberships(20) };
        var read = setup.Verify(setup.Signer.Sign(claims, setup.Key))!;

        Assert.Equal(name, read.LastName);
        Assert.Empty(read.Memberships);
        Assert.True(read.MembershipsTruncated);
    }

    [Fact]
    public void Too_long_claims_are_not_signed() =>
        Assert.Throws<ArgumentException>(() => setup.Signer.Sign(setup.SomeClaims() with { FirstName = new string('x', 4000) }, setup.Key));

    [Theory]
    [InlineData("", "patron", 600, 30)]
    [InlineData("https://id.example", "", 600, 30)]
    [InlineData("https://id.example", "patron", 0, 30)]
    [InlineData("https://id.example", "patron", 600, -1)]
    [InlineData("https://id.example", "patron", 600, 301)]
    public void Options_that_would_fail_open_are_refused(string issuer, string audience, int lifetime, int skew)
    {
        var options = new AccessTokenOptions
        {
            Issuer = issuer,
            Audience = audience,
            Lifetime = TimeSpan.FromSeconds(lifetime),
            ClockSkew = TimeSpan.FromSeconds(skew),
        };

        Assert.NotNull(options.Problem());
        Assert.Throws<InvalidOperationException>(() => new AccessTokenSigner(options));
        Assert.Throws<InvalidOperationException>(() => new AccessTokenVerifier(setup.Keys, options, setup.Time));
    }

    private static void AssertSame(AccessTokenClaims expected, AccessTokenClaims? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.Memberships, actual.Memberships);
        Assert.Equal(expected.Key?.Scopes, actual.Key?.Scopes);

        // Records compare lists by reference, so these are compared above.
        Assert.Equal(
            expected with { Memberships = [], Key = null },
            actual with { Memberships = [], Key = null });
        Assert.Equal((expected.Key?.Id, expected.Key?.OrganizationId), (actual.Key?.Id, actual.Key?.OrganizationId));
    }

    private static Membership[] Memberships(int count) =>
        [.. Enumerable.Range(1, count).Select(number => new Membership(Guid.CreateVersion7(), number, OrganizationRole.Vendor))];

    private static JsonDocument ReadPart(string token, int part) => JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[part]));

    private Gen<AccessTokenClaims> AnyClaims()
    {
        var arb = ArbMap.Default;


        // Short, so that everything fits into a token, and valid Unicode, because JSON writers replace unpaired surrogates.
        var text = arb.GeneratorFor<UnicodeString>()
            .Select(value => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(value.Get[..Math.Min(value.Get.Length, 12)])));
        var guid = arb.GeneratorFor<Guid>();
        var membership =
            from id in guid
            from number in arb.GeneratorFor<long>()
            from role in Gen.Elements(Enum.GetValues<OrganizationRole>())
            select new Membership(id, number, role);
        var scopes = Gen.Elements("customers.read", "customers.write", "*", "ä").ListOf().Select(list => list.Take(6).ToArray());
        return
            from texts in Gen.ArrayOf(text, 5)
            from present in Gen.ArrayOf(arb.GeneratorFor<bool>(), 8)
            from guids in Gen.ArrayOf(guid, 4)
            from memberships in Gen.Choose(0, 20).SelectMany(count => Gen.ArrayOf(membership, count))
            from role in Gen.Elements("customer", "employee", "admin")
            from scope in scopes
            from age in Gen.Choose(0, 600)
            from rest in Gen.Choose(1, 600)
            select new AccessTokenClaims
            {
                Id = texts[0],
                Subject = texts[1],
                UserId = present[0] ? guids[0] : null,
                Email = present[1] ? texts[2] : null,
                EmailVerified = present[2],
                FirstName = present[3] ? texts[3] : null,
                LastName = present[4] ? texts[4] : null,
                UserRole = role,
                SessionId = present[5] ? guids[1] : null,
                Memberships = memberships,
                MembershipsTruncated = present[6],
                Key = present[7] ? new ApiKeyGrant(guids[2], guids[3], scope) : null,
                IssuedAt = setup.Time.GetUtcNow().AddSeconds(-age),
                ExpiresAt = setup.Time.GetUtcNow().AddSeconds(rest),
            };
    }
}
