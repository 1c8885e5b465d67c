using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using Npgsql;
using Patron.Shared;
using Patron.Shared.Database;
using Patron.Shared.Secrets;
using Patron.Shared.Tokens;

namespace Patron.Accounts.SigningKeys;

/// <summary>
/// The signing keys of this installation, from the database: the newest signs, and keys within their overlap still verify. Keys are cached
/// for a minute; an unknown key id reloads them, at most once a second.
/// </summary>
public sealed class SigningKeyRing(DatabasePools pools, MasterKey master, TimeProvider time) : IVerificationKeys, IDisposable
{
    private static readonly TimeSpan CacheDuration = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MinReloadInterval = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim loading = new(1);
    private volatile KeySet? loaded;

    // A new key is published this long before it signs, because other services reload unknown keys only every few seconds.
    private static readonly TimeSpan AnnouncementDelay = TimeSpan.FromSeconds(15);

    private sealed record StoredKey(SigningKey Key, DateTimeOffset CreatedAt);

    private sealed record KeySet(IReadOnlyList<StoredKey> Keys, DateTimeOffset At);

    /// <summary>Returns the key that signs now. Creates the first key of an installation.</summary>
    public async Task<SigningKey> CurrentAsync(CancellationToken cancellationToken)
    {
        var keys = (await GetKeysAsync(CacheDuration, cancellationToken)).Keys;
        var announcedBefore = time.GetUtcNow() - AnnouncementDelay;
        return (keys.FirstOrDefault(key => key.CreatedAt < announcedBefore) ?? keys[^1]).Key;
    }

    /// <summary>Returns every key that verifies now, newest first: the published key set.</summary>
    public async Task<IReadOnlyList<JsonWebKey>> PublishedAsync(CancellationToken cancellationToken) =>
        [.. (await GetKeysAsync(CacheDuration, cancellationToken)).Keys.Select(stored => stored.Key.PublicKey)];

    public ValueTask<JsonWebKey?> FindAsync(string keyId, CancellationToken cancellationToken)
    {
        var current = loaded;
        return current is not null && time.GetUtcNow() - current.At < CacheDuration && Find(current, keyId) is { } found
            ? ValueTask.FromResult<JsonWebKey?>(found)
            : ReloadAndFindAsync(keyId, cancellationToken);
    }

    /// <summary>
    /// Creates a new signing key; the current one verifies for the overlap and is then deleted. Of two concurrent rotations one has effect,
    /// because the index allows only one current key.
    /// </summary>
    public async Task RotateAsync(TimeSpan overlap, CancellationToken cancellationToken)
    {
        var key = SigningKey.Generate();
        var now = time.GetUtcNow();
        await using var connection = await pools.OpenAloneAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        const string Retire = "UPDATE accounts.signing_keys SET retires_at = $1 WHERE retires_at IS NULL";
        await using (var command = new NpgsqlCommand(Retire, connection) { Parameters = { new() { Value = now + overlap } } })
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await InsertAsync(connection, key, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        loaded = null;
    }

    public void Dispose() => loading.Dispose();

    private async ValueTask<JsonWebKey?> ReloadAndFindAsync(string keyId, CancellationToken cancellationToken) =>
        Find(await GetKeysAsync(MinReloadInterval, cancellationToken), keyId);

    private static JsonWebKey? Find(KeySet keys, string keyId) => keys.Keys.FirstOrDefault(stored => stored.Key.Id == keyId)?.Key.PublicKey;

    private async Task<KeySet> GetKeysAsync(TimeSpan maxAge, CancellationToken cancellationToken)
    {
        if (loaded is { } current && time.GetUtcNow() - current.At < maxAge)
        {
            return current;
        }

        await loading.WaitAsync(cancellationToken);
        try
        {
            if (loaded is not { } cached || time.GetUtcNow() - cached.At >= maxAge)
            {
                loaded = await LoadAsync(cancellationToken);
            }

            return loaded!;
        }
        finally
        {
            loading.Release();
        }
    }

    private async Task<KeySet> LoadAsync(CancellationToken cancellationToken)
    {
        // Tokens are signed inside the transactions of requests. All connections of the pool could be waiting for this one, so open one
        // outside of the pool.
        await using var connection = await pools.OpenAloneAsync(cancellationToken);
        var now = time.GetUtcNow();
        var keys = await ReadAsync(connection, now, cancellationToken);
        if (keys.Count == 0)
        {
            var first = SigningKey.Generate();
            await InsertAsync(connection, first, now, cancellationToken);
            keys = await ReadAsync(connection, now, cancellationToken);
        }

        return new KeySet(keys, now);
    }

    private async Task<List<StoredKey>> ReadAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT wrapped_private_key, created_at FROM accounts.signing_keys WHERE retires_at IS NULL OR retires_at > $1
            ORDER BY retires_at DESC NULLS FIRST, created_at DESC, key_id
            """;
        await using var command = new NpgsqlCommand(Sql, connection) { Parameters = { new() { Value = now } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var keys = new List<StoredKey>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var privateKey = master.Unwrap(reader.GetFieldValue<byte[]>(0)) ?? throw new CannotStartException(
                "The signing keys in this database were wrapped by another master key. Give this process the Keys__Master (or the data folder's master.key) of the others.");
            keys.Add(new StoredKey(SigningKey.ImportPkcs8(privateKey), reader.GetFieldValue<DateTimeOffset>(1)));
        }

        return keys;
    }

    // Of two processes that start at the same time the unique index lets one insert through, and both read that key.
    private async Task InsertAsync(NpgsqlConnection connection, SigningKey key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string Sql =
            "INSERT INTO accounts.signing_keys (key_id, wrapped_private_key, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        var privateKey = key.ExportPkcs8();
        var wrapped = master.Wrap(privateKey);
        CryptographicOperations.ZeroMemory(privateKey);
        await using var command = new NpgsqlCommand(Sql, connection)
        {
            Parameters = { new() { Value = key.Id }, new() { Value = wrapped }, new() { Value = now } },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
