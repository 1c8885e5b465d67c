using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Npgsql;
using Patron.Accounts.ApiKeys;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Secrets;
using Patron.Shared.Tokens;

namespace Patron.Accounts.Sessions;

/// <summary>
/// Finds the caller of a token, session cookie or API key in the database, and caches the result for one second: a sign-out, disabled
/// account or changed membership takes effect within a second in other processes, and at once in this one (<see cref="Clear"/>).
/// </summary>
public sealed class CallerCache(
    NpgsqlDataSource dataSource, SessionCookies cookies, ApiKeyUses keyUses, IOptions<AccountsOptions> options, TimeProvider time)
    : ICallerSource
{
    private const int MaxEntries = 10_000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, CachedStatus> cache = new(StringComparer.Ordinal);
    private int epoch;

    // ReadAt is a timestamp and not a time of day, so that setting the system clock back does not prolong an entry.
    private sealed record CachedStatus(Task<SessionStatus?> Status, long ReadAt, int Epoch);

    private sealed record SessionStatus
    {
        public Guid? UserId { get; init; }

        public DateTimeOffset? LastUsedAt { get; init; }

        public DateTimeOffset? AuthenticatedAt { get; init; }

        public string? Language { get; init; }

        public bool IsAdmin { get; init; }

        public IReadOnlyList<Membership> Memberships { get; init; } = [];

        public ApiKeyGrant? Key { get; init; }

        public byte[]? SecretHash { get; init; }

        public Caller ToCaller(Guid? sessionId, RequestOrigin origin) => new()
        {
            UserId = UserId,
            SessionId = sessionId,
            Key = Key,
            IsAdmin = IsAdmin,
            Memberships = Memberships,
            AuthenticatedAt = AuthenticatedAt,
            Language = Language,
            Origin = origin,
        };
    }

    /// <summary>Clears the cache, including reads in progress. Call it after a session, key or membership has changed.</summary>
    public void Clear()
    {
        Interlocked.Increment(ref epoch);
        cache.Clear();
    }

    public async ValueTask<Caller?> FromTokenAsync(
        AccessTokenClaims claims, ForwardedToken token, RequestOrigin origin, CancellationToken cancellationToken)
    {
        var status = (claims.SessionId, claims.Key) switch
        {
            ({ } session, _) => await GetOrReadAsync($"session {session}", () => ReadSessionAsync(session)),
            (_, { } key) => await GetOrReadAsync($"key {key.Id}", () => ReadKeyAsync("id = $1", key.Id)),
            _ => null,
        };
        return status?.UserId == claims.UserId ? ToCaller(status, claims.SessionId, origin) : null;
    }

    public async ValueTask<Caller?> FromCookieAsync(string cookie, RequestOrigin origin, CancellationToken cancellationToken) =>
        cookies.Read(cookie) is { } session
            ? (await GetOrReadAsync($"cookie {session}", () => ReadCookieSessionAsync(session, origin)))?.ToCaller(session, origin)
            : null;

    public async ValueTask<Caller?> FromApiKeyAsync(string credentials, RequestOrigin origin, CancellationToken cancellationToken)
    {
        var colon = credentials.IndexOf(':', StringComparison.Ordinal);
        if (colon is < 1 or > 64 || credentials.Length > 256)
        {
            return null;
        }

        var key = credentials[..colon];
        var status = await GetOrReadAsync($"credentials {key}", () => ReadKeyAsync("key = $1", key));
        return status?.SecretHash is { } hash && Secret.Matches(credentials[(colon + 1)..], hash)
            ? ToCaller(status, sessionId: null, origin)
            : null;
    }

    /// <summary>Reads the permissions from the database, not from the cache: every batch of a job asks.</summary>
    public async ValueTask<Caller?> RestoreAsync(StoredCaller stored, CancellationToken cancellationToken)
    {
        if (stored.IsSystem)
        {
            return stored.ToCaller();
        }

        var status = stored.KeyId is { } key
            ? await ReadKeyAsync("id = $1", key)
            : await ReadUserAsync(stored.UserId ?? Guid.Empty, cancellationToken);
        return status?.ToCaller(sessionId: null, RequestOrigin.Local) is { } caller
            ? caller with { OrganizationId = stored.OrganizationId }
            : null;
    }

    public async ValueTask<Guid?> FindOrganizationAsync(string numberOrId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("SELECT id FROM accounts.organizations WHERE id = $1 OR number = $2");
        command.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = Guid.TryParse(numberOrId, out var id) ? id : null });
        command.Parameters.Add(new NpgsqlParameter<long?> { TypedValue = long.TryParse(numberOrId, out var number) ? number : null });
        return await command.ExecuteScalarAsync(cancellationToken) as Guid?;
    }

    private Caller? ToCaller(SessionStatus? status, Guid? sessionId, RequestOrigin origin)
    {
        if (status?.Key is { } key)
        {
            keyUses.Record(key.Id, status.LastUsedAt);
        }

        return status?.ToCaller(sessionId, origin);
    }

    // Concurrent requests for the same key wait for the same read. A failed read is not cached.
    private async ValueTask<SessionStatus?> GetOrReadAsync(string key, Func<Task<SessionStatus?>> read)
    {
        // The epoch is taken before the read starts: an entry that was read before a change must not count as read after it.
        var currentEpoch = Volatile.Read(ref epoch);
        if (cache.TryGetValue(key, out var cached) && cached.Epoch == currentEpoch && time.GetElapsedTime(cached.ReadAt) < Lifetime
            && !cached.Status.IsFaulted)
        {
            return await cached.Status;
        }

        if (cache.Count >= MaxEntries)
        {
            cache.Clear();
        }

        var readAt = time.GetTimestamp();
        var entry = new CachedStatus(read(), readAt, currentEpoch);
        cache[key] = entry;
        return await entry.Status;
    }

    // Unlike tokens, a cookie is not refreshed: the session's last use is updated here.
    private async Task<SessionStatus?> ReadCookieSessionAsync(Guid sessionId, RequestOrigin origin)
    {
        var status = await ReadSessionAsync(sessionId);
        var idle = time.GetUtcNow() - status?.LastUsedAt;
        if (status is null || idle >= options.Value.SessionIdleLife)
        {
            return null;
        }

        if (idle >= options.Value.SessionUseWriteInterval)
        {
            await UpdateLastUsedAsync(sessionId, origin);
        }

        return status;
    }

    private async Task UpdateLastUsedAsync(Guid sessionId, RequestOrigin origin)
    {
        await using var command = dataSource.CreateCommand(
            "UPDATE accounts.sessions SET last_used_at = $2, address = $3, user_agent = $4 WHERE id = $1 AND ended_at IS NULL AND last_used_at < $2");
        command.Parameters.AddWithValue(sessionId);
        command.Parameters.AddWithValue(time.GetUtcNow());
        command.Parameters.AddWithValue(origin.Address);
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = origin.UserAgent });
        await command.ExecuteNonQueryAsync();
    }

    private async Task<SessionStatus?> ReadSessionAsync(Guid sessionId)
    {
        await using var command = dataSource.CreateCommand(
            """
            SELECT u.id, u.is_admin, s.last_used_at, m.organization_id, o.number, m.role, u.language, coalesce(s.reauthenticated_at, s.created_at)
            FROM accounts.sessions s
            JOIN accounts.users u ON u.id = s.user_id
            LEFT JOIN accounts.memberships m ON m.user_id = u.id
            LEFT JOIN accounts.organizations o ON o.id = m.organization_id
            WHERE s.id = $1 AND s.ended_at IS NULL AND s.expires_at > $2 AND u.disabled_at IS NULL AND (u.email_confirmed OR NOT $3)
            ORDER BY o.is_home DESC, o.number
            """);
        command.Parameters.AddWithValue(sessionId);
        command.Parameters.AddWithValue(time.GetUtcNow());
        command.Parameters.AddWithValue(options.Value.PrivateRegistration);
        await using var reader = await command.ExecuteReaderAsync();
        SessionStatus? status = null;
        var memberships = new List<Membership>();
        while (await reader.ReadAsync())
        {
            status ??= new SessionStatus
            {
                UserId = reader.GetGuid(0),
                IsAdmin = reader.GetBoolean(1),
                LastUsedAt = reader.GetFieldValue<DateTimeOffset>(2),
                Memberships = memberships,
                Language = await reader.IsDBNullAsync(6) ? null : reader.GetString(6),
                AuthenticatedAt = reader.GetFieldValue<DateTimeOffset>(7),
            };
            if (!await reader.IsDBNullAsync(3))
            {
                memberships.Add(
                    new Membership(
                        reader.GetGuid(3), reader.GetInt64(4), EnumNameConverter<OrganizationRole>.FromText(reader.GetString(5))));
            }
        }

        return status;
    }

    private async Task<SessionStatus?> ReadUserAsync(Guid userId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            SELECT u.id, u.is_admin, m.organization_id, o.number, m.role
            FROM accounts.users u
            LEFT JOIN accounts.memberships m ON m.user_id = u.id
            LEFT JOIN accounts.organizations o ON o.id = m.organization_id
            WHERE u.id = $1 AND u.disabled_at IS NULL
            """);
        command.Parameters.AddWithValue(userId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        SessionStatus? status = null;
        var memberships = new List<Membership>();
        while (await reader.ReadAsync(cancellationToken))
        {
            status ??= new SessionStatus { UserId = reader.GetGuid(0), IsAdmin = reader.GetBoolean(1), Memberships = memberships };
            if (!await reader.IsDBNullAsync(2, cancellationToken))
            {
                memberships.Add(
                    new Membership(
                        reader.GetGuid(2), reader.GetInt64(3), EnumNameConverter<OrganizationRole>.FromText(reader.GetString(4))));
            }
        }

        return status;
    }

    private async Task<SessionStatus?> ReadKeyAsync(string condition, object value)
    {
        await using var command = dataSource.CreateCommand(
            $"SELECT id, organization_id, scopes, secret_hash, last_used_at FROM accounts.api_keys WHERE {condition} AND revoked_at IS NULL AND expires_at > $2");
        command.Parameters.AddWithValue(value);
        command.Parameters.AddWithValue(time.GetUtcNow());
        await using var reader = await command.ExecuteReaderAsync();
        if (!await reader.ReadAsync())
        {
            return null;
        }

        return new SessionStatus
        {
            Key = new ApiKeyGrant(reader.GetGuid(0), reader.GetGuid(1), reader.GetFieldValue<string[]>(2)),
            SecretHash = reader.GetFieldValue<byte[]>(3),
            LastUsedAt = await reader.IsDBNullAsync(4) ? null : reader.GetFieldValue<DateTimeOffset>(4),
        };
    }
}
