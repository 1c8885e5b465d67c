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
/// Who is behind a token, a session cookie or an API key, as the database says, remembered for one second: a sign-out elsewhere, a disabled
/// account or a changed membership counts within that second, one in this process at once (<see cref="Forget"/>).
/// </summary>
public sealed class KnownCallers(NpgsqlDataSource source, SessionCookies cookies, IOptions<AccountsOptions> options, TimeProvider time) : ICallerSource
{
    private const int MostRemembered = 10_000;
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, Remembered> remembered = new(StringComparer.Ordinal);
    private int epoch;

    private sealed record Remembered(Task<Standing?> Standing, DateTimeOffset At, int Epoch);

    private sealed record Standing
    {
        public Guid? UserId { get; init; }

        public DateTimeOffset LastUsedAt { get; init; }

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
            Origin = origin,
        };
    }

    /// <summary>Forgets everything, also what is being read at this moment: a session, key or membership has just changed.</summary>
    public void Forget()
    {
        Interlocked.Increment(ref epoch);
        remembered.Clear();
    }

    public async ValueTask<Caller?> FromTokenAsync(AccessTokenClaims claims, ForwardedToken token, RequestOrigin origin, CancellationToken cancellation)
    {
        var standing = (claims.SessionId, claims.Key) switch
        {
            ({ } session, _) => await RememberAsync($"session {session}", () => ReadSessionAsync(session)),
            (_, { } key) => await RememberAsync($"key {key.Id}", () => ReadKeyAsync("id = $1", key.Id)),
            _ => null,
        };
        return standing?.UserId == claims.UserId ? standing?.ToCaller(claims.SessionId, origin) : null;
    }

    public async ValueTask<Caller?> FromCookieAsync(string cookie, RequestOrigin origin, CancellationToken cancellation) =>
        cookies.Read(cookie) is { } session
            ? (await RememberAsync($"cookie {session}", () => ReadUsedSessionAsync(session, origin)))?.ToCaller(session, origin)
            : null;

    public async ValueTask<Caller?> FromApiKeyAsync(string credentials, RequestOrigin origin, CancellationToken cancellation)
    {
        var colon = credentials.IndexOf(':', StringComparison.Ordinal);
        if (colon is < 1 or > 64 || credentials.Length > 256)
        {
            return null;
        }

        var key = credentials[..colon];
        var standing = await RememberAsync($"key {key}", () => ReadKeyAsync("key = $1", key));
        return standing?.SecretHash is { } hash && Secret.Matches(credentials[(colon + 1)..], hash)
            ? standing.ToCaller(sessionId: null, origin)
            : null;
    }

    public async ValueTask<Guid?> FindOrganizationAsync(string numberOrId, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("SELECT id FROM accounts.organizations WHERE id = $1 OR number = $2");
        command.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = Guid.TryParse(numberOrId, out var id) ? id : null });
        command.Parameters.Add(new NpgsqlParameter<long?> { TypedValue = long.TryParse(numberOrId, out var number) ? number : null });
        return await command.ExecuteScalarAsync(cancellation) as Guid?;
    }

    // Requests that ask at once for the same one wait for the same read. A read that fails is not remembered.
    private async ValueTask<Standing?> RememberAsync(string subject, Func<Task<Standing?>> read)
    {
        var now = time.GetUtcNow();
        if (remembered.TryGetValue(subject, out var known) && known.Epoch == epoch && now - known.At < Memory && !known.Standing.IsFaulted)
        {
            return await known.Standing;
        }

        if (remembered.Count >= MostRemembered)
        {
            remembered.Clear();
        }

        var fresh = new Remembered(read(), now, epoch);
        remembered[subject] = fresh;
        return await fresh.Standing;
    }

    // A cookie has no short life of its own: using it is what keeps its session from being idle.
    private async Task<Standing?> ReadUsedSessionAsync(Guid sessionId, RequestOrigin origin)
    {
        var standing = await ReadSessionAsync(sessionId);
        var idle = time.GetUtcNow() - standing?.LastUsedAt;
        if (standing is null || idle >= options.Value.SessionIdleLife)
        {
            return null;
        }

        if (idle >= options.Value.SessionUseNotedEvery)
        {
            await NoteUseAsync(sessionId, origin);
        }

        return standing;
    }

    private async Task NoteUseAsync(Guid sessionId, RequestOrigin origin)
    {
        await using var command = source.CreateCommand(
            "UPDATE accounts.sessions SET last_used_at = $2, address = $3, user_agent = $4 WHERE id = $1 AND ended_at IS NULL AND last_used_at < $2");
        command.Parameters.AddWithValue(sessionId);
        command.Parameters.AddWithValue(time.GetUtcNow());
        command.Parameters.AddWithValue(origin.Address);
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = origin.UserAgent });
        await command.ExecuteNonQueryAsync();
    }

    private async Task<Standing?> ReadSessionAsync(Guid sessionId)
    {
        await using var command = source.CreateCommand(
            """
            SELECT u.id, u.is_admin, s.last_used_at, m.organization_id, o.number, m.role
            FROM accounts.sessions s
            JOIN accounts.users u ON u.id = s.user_id
            LEFT JOIN accounts.memberships m ON m.user_id = u.id
            LEFT JOIN accounts.organizations o ON o.id = m.organization_id
            WHERE s.id = $1 AND s.ended_at IS NULL AND s.expires_at > $2 AND u.disabled_at IS NULL
            ORDER BY o.is_home DESC, o.number
            """);
        command.Parameters.AddWithValue(sessionId);
        command.Parameters.AddWithValue(time.GetUtcNow());
        await using var reader = await command.ExecuteReaderAsync();
        Standing? standing = null;
        var memberships = new List<Membership>();
        while (await reader.ReadAsync())
        {
            standing ??= new Standing
            {
                UserId = reader.GetGuid(0),
                IsAdmin = reader.GetBoolean(1),
                LastUsedAt = reader.GetFieldValue<DateTimeOffset>(2),
                Memberships = memberships,
            };
            if (!await reader.IsDBNullAsync(3))
            {
                memberships.Add(new Membership(reader.GetGuid(3), reader.GetInt64(4), EnumText<OrganizationRole>.FromText(reader.GetString(5))));
            }
        }

        return standing;
    }

    private async Task<Standing?> ReadKeyAsync(string condition, object value)
    {
        await using var command = source.CreateCommand(
            $"SELECT id, organization_id, scopes, secret_hash FROM accounts.api_keys WHERE {condition} AND revoked_at IS NULL AND expires_at > $2");
        command.Parameters.AddWithValue(value);
        command.Parameters.AddWithValue(time.GetUtcNow());
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync()
            ? new Standing
            {
                Key = new ApiKeyGrant(reader.GetGuid(0), reader.GetGuid(1), reader.GetFieldValue<string[]>(2)),
                SecretHash = reader.GetFieldValue<byte[]>(3),
            }
            : null;
    }
}
