using BenchmarkDotNet.Attributes;
using Microsoft.IdentityModel.Tokens;
using Patron.Shared.Callers;
using Patron.Shared.Tokens;

namespace Patron.Benchmarks;

/// <summary>Issuing an access token, verifying it for the first time, and verifying it again.</summary>
public class Tokens
{
    private readonly SigningKey key = SigningKey.Generate();
    private AccessTokenSigner signer = null!;
    private AccessTokenVerifier remembering = null!;
    private AccessTokenVerifier forgetful = null!;
    private AccessTokenClaims claims = null!;
    private string token = "";

    [GlobalSetup]
    public void SetUp()
    {
        var options = new AccessTokenOptions { Issuer = "patron", Audience = "patron", Lifetime = TimeSpan.FromHours(1) };
        var now = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        signer = new AccessTokenSigner(options);
        remembering = new AccessTokenVerifier(new OneKey(key.PublicKey), options, TimeProvider.System);
        forgetful = new AccessTokenVerifier(new OneKey(key.PublicKey), options, TimeProvider.System, cacheCapacity: 0);
        claims = new AccessTokenClaims
        {
            Id = Guid.CreateVersion7().ToString(),
            Subject = Guid.CreateVersion7().ToString(),
            UserId = Guid.CreateVersion7(),
            Email = "ada@example.com",
            FirstName = "Ada",
            LastName = "Lovelace",
            UserRole = "employee",
            SessionId = Guid.CreateVersion7(),
            Memberships = [new Membership(Guid.CreateVersion7(), 1, OrganizationRole.Employee)],
            IssuedAt = now,
            ExpiresAt = now + options.Lifetime,
        };
        token = signer.Sign(claims, key);
    }

    [Benchmark]
    public string Sign() => signer.Sign(claims, key);

    [Benchmark]
    public AccessTokenClaims VerifyFresh() => Verify(forgetful);

    [Benchmark]
    public AccessTokenClaims VerifyAgain() => Verify(remembering);

    // The key is available synchronously.
    private AccessTokenClaims Verify(AccessTokenVerifier verifier)
    {
        var answer = verifier.VerifyAsync(token, CancellationToken.None);
        return answer.IsCompleted && answer.Result is { } genuine ? genuine : throw new InvalidOperationException("The token is not accepted.");
    }

    private sealed class OneKey(JsonWebKey key) : IVerificationKeys
    {
        public ValueTask<JsonWebKey?> FindAsync(string keyId, CancellationToken cancellationToken) => ValueTask.FromResult<JsonWebKey?>(key);
    }
}
