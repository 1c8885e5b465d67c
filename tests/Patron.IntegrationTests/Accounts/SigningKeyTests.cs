using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Patron.Accounts.SigningKeys;
using Patron.IntegrationTests.Hosting;
using Patron.Shared;
using Patron.Shared.Database;
using Patron.Shared.Secrets;

namespace Patron.IntegrationTests.Accounts;

/// <summary>These tests change the clock to rotate keys.</summary>
public abstract class SigningKeyTests(PatronApp app)
{
    private static readonly TimeSpan Overlap = TimeSpan.FromHours(1);

    [Fact]
    public async Task Anyone_can_verify_an_access_token_with_the_published_keys()
    {
        var person = await app.RegisterAsync();
        var response = await app.Accounts.SendAsync(HttpMethod.Get, "/.well-known/jwks.json");
        var keys = (await response.ShouldBeAsync(HttpStatusCode.OK)).GetProperty("keys");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.NotNull(response.Headers.CacheControl?.MaxAge);
        Assert.All(keys.EnumerateArray(), key =>
        {
            Assert.Equal(["alg", "crv", "kid", "kty", "use", "x", "y"], key.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
            Assert.Equal(("EC", "P-256", "ES256", "sig"), (Text(key, "kty"), Text(key, "crv"), Text(key, "alg"), Text(key, "use")));
        });
        var signing = keys.EnumerateArray().Single(key => Text(key, "kid") == AccountCalls.KeyIdOf(person.Access));
        using var ecdsa = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Base64Url.DecodeFromChars(Text(signing, "x")), Y = Base64Url.DecodeFromChars(Text(signing, "y")) },
        });
        var dot = person.Access.LastIndexOf('.');
        Assert.True(ecdsa.VerifyData(Encoding.ASCII.GetBytes(person.Access.Substring(0, dot)), Base64Url.DecodeFromChars(person.Access.AsSpan(dot + 1)), HashAlgorithmName.SHA256));
    }

    [Fact]
    public async Task A_new_key_is_published_before_it_signs_and_the_old_one_verifies_until_its_overlap_ends()
    {
        var before = await app.RegisterAsync();
        var oldKey = AccountCalls.KeyIdOf(before.Access);

        await RotateAsync();

        var published = await PublishedAsync();
        Assert.Contains(oldKey, published);
        var newKey = published[0];
        Assert.NotEqual(oldKey, newKey);
        // Published, but other services may not know it yet.
        Assert.Equal(oldKey, AccountCalls.KeyIdOf((await app.RefreshedAsync(before)).Access));

        app.Time.Shift += TimeSpan.FromSeconds(20);
        var after = await app.SignInAsync(before.Email);
        Assert.Equal(newKey, AccountCalls.KeyIdOf(after.Access));
        Assert.True(await app.Accounts.IsSignedInAsync(before));
        Assert.True(await app.Accounts.IsSignedInAsync(after));

        app.Time.Shift += Overlap;
        published = await PublishedAsync();
        Assert.DoesNotContain(oldKey, published);
        Assert.Contains(newKey, published);
        Assert.True(await app.Accounts.IsSignedInAsync(await app.RefreshedAsync(after)));
    }

    [Fact]
    public async Task Another_process_accepts_tokens_of_a_key_that_is_newer_than_its_start()
    {
        var person = await app.RegisterAsync();
        await using var other = await app.StartAnotherAsync();
        Assert.True(await other.IsSignedInAsync(person));
        await RotateAsync();
        app.Time.Shift += TimeSpan.FromSeconds(20);
        var later = await app.SignInAsync(person.Email);
        Assert.NotEqual(AccountCalls.KeyIdOf(person.Access), AccountCalls.KeyIdOf(later.Access));
        Assert.True(await other.IsSignedInAsync(later));
    }

    [Fact]
    public async Task Ten_concurrent_rotations_leave_one_current_key()
    {
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => RotateAsync()));
        Assert.Equal(1, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.signing_keys WHERE retires_at IS NULL"));
        Assert.True(await app.Accounts.IsSignedInAsync(await app.RegisterAsync()));
    }

    [Fact]
    public async Task A_process_with_another_master_key_does_not_start()
    {
        var pools = app.Accounts.Services.GetRequiredService<DatabasePools>();
        using var ring = new SigningKeyRing(pools, MasterKey.FromBase64(Convert.ToBase64String(new byte[MasterKey.Length])), TimeProvider.System);
        var failure = await Assert.ThrowsAsync<CannotStartException>(() => ring.CurrentAsync(CancellationToken.None));
        Assert.Contains("another master key", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Private_keys_are_wrapped_in_the_database()
    {
        var wrapped = await app.AccountsSqlAsync<byte[]>("SELECT wrapped_private_key FROM accounts.signing_keys LIMIT 1");
        using var ecdsa = ECDsa.Create();
        Assert.ThrowsAny<CryptographicException>(() => ecdsa.ImportPkcs8PrivateKey(wrapped, out _));
        Assert.NotNull(MasterKey.FromBase64(RunningPatron.MasterKey).Unwrap(wrapped));
    }

    private async Task<List<string>> PublishedAsync() =>
        [.. (await (await app.Accounts.SendAsync(HttpMethod.Get, "/.well-known/jwks.json")).ShouldBeAsync(HttpStatusCode.OK))
            .GetProperty("keys").EnumerateArray().Select(key => Text(key, "kid"))];

    private Task RotateAsync() => app.Accounts.Services.GetRequiredService<SigningKeyRing>().RotateAsync(Overlap, CancellationToken.None);

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}

public sealed class SigningKeysInOneProcess(OneProcess app) : SigningKeyTests(app), IClassFixture<OneProcess>;

public sealed class SigningKeysInAccountsAlone(AccountsAlone app) : SigningKeyTests(app), IClassFixture<AccountsAlone>;

/// <summary>Several processes on an empty database.</summary>
public sealed class FirstStartTests(TestDatabase database)
{
    [Fact]
    public async Task Processes_that_start_concurrently_create_one_key_one_home_and_one_administrator()
    {
        var connectionString = await database.CreateDatabaseAsync();
        var servers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => RunningPatron.StartAsync(connectionString)));
        try
        {
            var keySets = await Task.WhenAll(servers.Select(server => server.Client.GetStringAsync("/.well-known/jwks.json")));
            Assert.Single(keySets.Distinct());
            Assert.Single(JsonDocument.Parse(keySets[0]).RootElement.GetProperty("keys").EnumerateArray());
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(
                "SELECT (SELECT count(*) FROM accounts.users WHERE is_admin), (SELECT count(*) FROM accounts.organizations WHERE is_home)", connection);
            await using var reader = await command.ExecuteReaderAsync();
            await reader.ReadAsync();
            Assert.Equal((1L, 1L), (reader.GetInt64(0), reader.GetInt64(1)));
        }
        finally
        {
            foreach (var server in servers)
            {
                await server.DisposeAsync();
            }
        }
    }
}
