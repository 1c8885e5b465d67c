using Patron.Tests;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using AccessTokenOptions = Patron.Shared.Tokens.AccessTokenOptions;

namespace Patron.IntegrationTests.Outside;

/// <summary>Access tokens can be verified by others with the key set; here by a JavaScript library.</summary>
public sealed class OthersVerifyTokensTests(AccountsAlone app) : IClassFixture<AccountsAlone>
{
    [Fact]
    public async Task Token_is_verified_by_another_library_and_has_the_claims_of_the_contract()
    {
        var person = await app.RegisterAsync();
        var (status, output, errors) = await VerifyAsync(person.Access, Options.Audience);
        Assert.True(status == 0, errors);
        var verified = JsonDocument.Parse(output).RootElement;
        var claims = verified.GetProperty("payload");
        Assert.Equal("ES256", verified.Text("algorithm"));
        Assert.Equal(
            ($"{person.Id}", person.Email, "Jane", "Doe", "customer", Options.Issuer, Options.Audience),
            (claims.Text("user_id"), claims.Text("email"), claims.Text("first_name"), claims.Text("last_name"), claims.Text("user_role"), claims.Text("iss"), claims.Text("aud")));
        foreach (var claim in new[] { "sub", "exp", "iat", "jti", "email_verified" })
        {
            Assert.True(claims.TryGetProperty(claim, out _), claim);
        }
    }

    [Fact]
    public async Task Changed_token_and_token_for_another_audience_are_refused()
    {
        var token = (await app.RegisterAsync()).Access;
        var parts = token.Split('.');
        var (status, _, errors) = await VerifyAsync($"{parts[0]}.{parts[1][..^4]}AAAA.{parts[2]}", Options.Audience);
        Assert.NotEqual(0, status);
        Assert.Contains("signature verification failed", errors, StringComparison.Ordinal);
        (status, _, errors) = await VerifyAsync(token, "another-service");
        Assert.NotEqual(0, status);
        Assert.Contains("aud", errors, StringComparison.Ordinal);
    }

    private AccessTokenOptions Options => app.Accounts.Services.GetRequiredService<AccessTokenOptions>();

    private Task<(int Status, string Output, string Errors)> VerifyAsync(string token, string audience)
    {
        var tools = Path.Combine(Checkout.Folder, "tests", "node");
        Assert.True(Directory.Exists(Path.Combine(tools, "node_modules", "jose")), "jose is not there; ./test fetches it (or: npm ci --prefix tests/node).");
        var keys = new Uri(app.Accounts.Address, Shared.Tokens.KeySet.Path);
        return OutsideProgram.RunAsync(
            "node", [Path.Combine(tools, "verify_token.mjs"), keys.ToString(), Options.Issuer, audience], environment: ("ACCESS_TOKEN", token));
    }
}
