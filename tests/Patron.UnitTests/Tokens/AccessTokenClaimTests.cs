using Patron.Shared.Tokens;

namespace Patron.UnitTests.Tokens;

/// <summary>Tokens with a genuine signature and invalid claims, or claims that are not valid at this time.</summary>
public class AccessTokenClaimTests
{
    private const string SomeGuid = "\"0198c0de-0000-7000-8000-000000000001\"";
    private readonly TokenSetup setup = new();

    [Theory]
    [InlineData("iss", null)]
    [InlineData("iss", "null")]
    [InlineData("iss", "\"https://id.example/\"")]
    [InlineData("iss", "\"https://ID.example\"")]
    [InlineData("iss", "[\"https://id.example\"]")]
    [InlineData("aud", null)]
    [InlineData("aud", "null")]
    [InlineData("aud", "\"Patron\"")]
    [InlineData("aud", "\"patron other\"")]
    [InlineData("aud", "[]")]
    [InlineData("aud", "[\"other\"]")]
    [InlineData("aud", "[\"patron\",7]")]
    [InlineData("aud", "{\"patron\":true}")]
    [InlineData("jti", null)]
    [InlineData("jti", "7")]
    [InlineData("sub", null)]
    [InlineData("sub", "{}")]
    [InlineData("user_role", null)]
    [InlineData("user_role", "\"Admin\"")]
    [InlineData("user_role", "\"root\"")]
    [InlineData("user_role", "[\"admin\"]")]
    [InlineData("iat", null)]
    [InlineData("iat", "\"1772366400\"")]
    [InlineData("iat", "-1")]
    [InlineData("exp", null)]
    [InlineData("exp", "null")]
    [InlineData("exp", "\"1772367000\"")]
    [InlineData("exp", "1772367000.5")]
    [InlineData("exp", "1.772367e9")]
    [InlineData("exp", "253402300800")]
    [InlineData("exp", "9223372036854775807")]
    [InlineData("exp", "9223372036854775808")]
    [InlineData("exp", "1e400")]
    [InlineData("exp", "-1")]
    [InlineData("exp", "0")]
    [InlineData("exp", "true")]
    [InlineData("exp", "[1772367000]")]
    [InlineData("nbf", "\"0\"")]
    [InlineData("nbf", "0.5")]
    [InlineData("nbf", "null")]
    [InlineData("nbf", "253402300800")]
    [InlineData("user_id", "7")]
    [InlineData("user_id", "\"7\"")]
    [InlineData("user_id", "\"0198c0de000070008000000000000001\"")]
    [InlineData("user_id", "\"{0198c0de-0000-7000-8000-000000000001}\"")]
    [InlineData("sid", "\"\"")]
    [InlineData("sid", "true")]
    [InlineData("email", "[\"ada@example.com\"]")]
    [InlineData("email_verified", "\"true\"")]
    [InlineData("email_verified", "1")]
    [InlineData("first_name", "1")]
    [InlineData("last_name", "{}")]
    [InlineData("last_name", "\"\\ud800\"")]
    [InlineData("memberships", "{}")]
    [InlineData("memberships", "\"\"")]
    [InlineData("memberships", "[null]")]
    [InlineData("memberships", "[{}]")]
    [InlineData("memberships", $"[{{\"id\":{SomeGuid},\"number\":1}}]")]
    [InlineData("memberships", $"[{{\"id\":{SomeGuid},\"number\":1,\"role\":\"Vendor\"}}]")]
    [InlineData("memberships", $"[{{\"id\":{SomeGuid},\"number\":1,\"role\":2}}]")]
    [InlineData("memberships", $"[{{\"id\":{SomeGuid},\"number\":\"1\",\"role\":\"vendor\"}}]")]
    [InlineData("memberships", $"[{{\"id\":{SomeGuid},\"number\":1.5,\"role\":\"vendor\"}}]")]
    [InlineData("memberships", $"[{{\"id\":{SomeGuid},\"role\":\"vendor\"}}]")]
    [InlineData("memberships", "[{\"id\":1,\"number\":1,\"role\":\"vendor\"}]")]
    [InlineData("memberships", $"[{{\"id\":{SomeGuid},\"number\":1,\"role\":\"customer\",\"role\":\"vendor\"}}]")]
    [InlineData("memberships_truncated", "\"yes\"")]
    [InlineData("key", SomeGuid)]
    [InlineData("organization", SomeGuid)]
    [InlineData("scope", "\"customers.read\"")]
    public void Missing_or_invalid_claim_is_refused(string name, string? value) =>
        Assert.Null(setup.Verify(setup.TokenWithClaim(name, value)));

    [Theory]
    [InlineData("aud", "[\"other\",\"patron\"]")]
    [InlineData("nbf", "0")]
    [InlineData("email", "null")]
    [InlineData("user_id", SomeGuid)]
    [InlineData("sid", "null")]
    [InlineData("memberships", "[]")]
    [InlineData("memberships", $"[{{\"id\":{SomeGuid},\"number\":1,\"role\":\"vendor\",\"more\":[]}}]")]
    [InlineData("memberships_truncated", "false")]
    [InlineData("a claim of tomorrow", "{\"any\":[1]}")]
    public void Optional_and_unknown_claims_are_accepted(string name, string value) =>
        Assert.NotNull(setup.Verify(setup.TokenWithClaim(name, value)));

    [Theory]
    [InlineData("\"customers.read\"", true)]
    [InlineData("\"\"", true)]
    [InlineData("\"customers.read  customers.write\"", false)]
    [InlineData("\" customers.read\"", false)]
    [InlineData("[\"customers.read\"]", false)]
    public void Scope_is_a_list_of_words(string scope, bool good)
    {
        var payload = setup.GoodPayload();
        payload["key"] = SomeGuid;
        payload["organization"] = SomeGuid;
        payload["scope"] = scope;

        Assert.Equal(good, setup.Verify(setup.SignedToken(setup.GoodHeader, TokenSetup.Json(payload))) is not null);
    }

    [Fact]
    public void Payload_with_a_duplicate_member_is_refused()
    {
        var payload = TokenSetup.Json(setup.GoodPayload());

        Assert.Null(Verify(payload[..^1] + ",\"user_role\":\"admin\"}"));
        Assert.Null(Verify(payload[..^1] + ",\"\\u0075ser_role\":\"admin\"}"));
        Assert.Null(Verify(payload[..^1] + ",\"x\":1,\"x\":1}"));
        Assert.NotNull(Verify(payload[..^1] + ",\"x\":1}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("\"exp\"")]
    [InlineData("{\"exp\":")]
    public void Payload_that_is_not_a_claims_object_is_refused(string payload) => Assert.Null(Verify(payload));

    [Theory]
    [InlineData(-31, false)]
    [InlineData(-30, false)]
    [InlineData(-29, true)]
    [InlineData(0, true)]
    [InlineData(600, true)]
    public void Token_is_valid_until_expiry_plus_clock_skew(int secondsFromNow, bool good) =>
        Assert.Equal(good, setup.Verify(setup.TokenWithClaim("exp", $"{setup.Now + secondsFromNow}")) is not null);

    [Theory]
    [InlineData(31, false)]
    [InlineData(30, true)]
    [InlineData(-600, true)]
    public void Token_is_valid_from_not_before_minus_clock_skew(int secondsFromNow, bool good) =>
        Assert.Equal(good, setup.Verify(setup.TokenWithClaim("nbf", $"{setup.Now + secondsFromNow}")) is not null);

    // If the verifier's clock is slow, tokens seem to be issued in the future.
    [Theory]
    [InlineData(5)]
    [InlineData(29)]
    public void Token_issued_in_the_near_future_is_valid(int secondsFromNow) =>
        Assert.NotNull(setup.Verify(setup.TokenWithClaim("iat", $"{setup.Now + secondsFromNow}")));

    [Fact]
    public void Maximum_time_can_be_read() =>
        Assert.NotNull(setup.Verify(setup.TokenWithClaim("exp", "253402300799")));

    private AccessTokenClaims? Verify(string payload) => setup.Verify(setup.SignedToken(setup.GoodHeader, payload));
}
