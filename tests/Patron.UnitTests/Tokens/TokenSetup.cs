using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;
using Patron.Shared.Callers;
using Patron.Shared.Tokens;

namespace Patron.UnitTests.Tokens;

/// <summary>An issuer and a verifier with a shared key, and helpers to forge tokens.</summary>
internal sealed class TokenSetup
{
    public TokenSetup(int cacheCapacity = 10_000)
    {
        Keys = new KeyTable(Key.PublicKey);
        Signer = new AccessTokenSigner(Options);
        Verifier = new AccessTokenVerifier(Keys, Options, Time, cacheCapacity);
    }

    public SigningKey Key { get; } = SigningKey.Generate();

    public KeyTable Keys { get; }

    public FakeTime Time { get; } = new();

    public AccessTokenOptions Options { get; } = new() { Issuer = "https://id.example", Audience = "patron" };

    public AccessTokenSigner Signer { get; }

    public AccessTokenVerifier Verifier { get; }

    public long Now => Time.GetUtcNow().ToUnixTimeSeconds();

    public AccessTokenClaims SomeClaims() => new()
    {
        Id = Guid.CreateVersion7().ToString(),
        Subject = "0198c0de-0000-7000-8000-000000000001",
        UserId = new Guid("0198c0de-0000-7000-8000-000000000001"),
        Email = "ada@example.com",
        EmailVerified = true,
        FirstName = "Ada",
        LastName = "Łukasiewicz",
        UserRole = "employee",
        SessionId = Guid.CreateVersion7(),
        Memberships = [new Membership(Guid.CreateVersion7(), 1, OrganizationRole.Employee)],
        IssuedAt = Time.GetUtcNow(),
        ExpiresAt = Time.GetUtcNow() + Options.Lifetime,
    };

    public string SomeToken() => Signer.Sign(SomeClaims(), Key);

    /// <summary>The claims of a valid payload; tests change one at a time.</summary>
    public Dictionary<string, string> GoodPayload() => new(StringComparer.Ordinal)
    {
        ["iss"] = "\"https://id.example\"",
        ["aud"] = "\"patron\"",
        ["jti"] = "\"t1\"",
        ["sub"] = "\"u1\"",
        ["iat"] = $"{Now}",
        ["exp"] = $"{Now + 600}",
        ["user_role"] = "\"customer\"",
    };

    /// <summary>A correctly signed token with one claim changed, or removed if the value is null.</summary>
    public string TokenWithClaim(string name, string? json)
    {
        var payload = GoodPayload();
        payload.Remove(name);
        if (json is not null)
        {
            payload[name] = json;
        }

        return SignedToken(GoodHeader, Json(payload));
    }

    public string GoodHeader => $$"""{"alg":"ES256","kid":"{{Key.Id}}","typ":"JWT"}""";

    public string SignedToken(string header, string payload)
    {
        var signed = $"{Encode(header)}.{Encode(payload)}";
        return $"{signed}.{SignatureOf(Key, signed)}";
    }

    /// <summary>A genuine signature of any text.</summary>
    public static string SignatureOf(SigningKey key, string text)
    {
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(key.ExportPkcs8(), out _);
        return Base64Url.EncodeToString(ecdsa.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256));
    }

    /// <summary>A key set as a service publishes it.</summary>
    public static string KeySetOf(params SigningKey[] keys) => $$"""{"keys":[{{string.Join(',', keys.Select(key => Json(Members(key.PublicKey))))}}]}""";

    /// <summary>The members of a key; tests change one at a time.</summary>
    public static Dictionary<string, string> Members(JsonWebKey key) => new(StringComparer.Ordinal)
    {
        ["kty"] = "\"EC\"",
        ["crv"] = "\"P-256\"",
        ["x"] = $"\"{key.X}\"",
        ["y"] = $"\"{key.Y}\"",
        ["kid"] = $"\"{key.Kid}\"",
        ["use"] = "\"sig\"",
        ["alg"] = "\"ES256\"",
    };

    public AccessTokenClaims? Verify(string token)
    {
        // The key table completes synchronously, so the result is available immediately.
        var answer = Verifier.VerifyAsync(token, CancellationToken.None);
        return answer.IsCompleted ? answer.Result : throw new InvalidOperationException("Verification was expected to complete at once.");
    }

    public static string Json(Dictionary<string, string> members) =>
        $"{{{string.Join(',', members.Select(member => $"\"{member.Key}\":{member.Value}"))}}}";

    public static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    public sealed class KeyTable(params JsonWebKey[] keys) : IVerificationKeys
    {
        private Dictionary<string, JsonWebKey> table = keys.ToDictionary(key => key.Kid, StringComparer.Ordinal);

        public int LookUps { get; private set; }

        public void Replace(params JsonWebKey[] others) => table = others.ToDictionary(key => key.Kid, StringComparer.Ordinal);

        public ValueTask<JsonWebKey?> FindAsync(string keyId, CancellationToken cancellationToken)
        {
            LookUps++;
            return ValueTask.FromResult(table.GetValueOrDefault(keyId));
        }
    }
}
