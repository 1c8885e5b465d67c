using System.Collections.Concurrent;
using Npgsql;
using Patron.Accounts.ApiKeys;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Secrets;
using Patron.Shared.Tokens;

namespace Patron.Accounts.Sessions;

/// <summary>
/// Who is behind a token or an API key, as the database says, remembered for one second: a sign-out elsewhere, a disabled
/// account or a changed membership counts within that second, one in this process at once (<see cref="Forget"/>).
/// </summary>
public sealed class KnownCallers(NpgsqlDataSource source, TimeProvider time) : ICallerSource
{
    private const int MostRemembered = 10_000;
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, Remembered> remembered = new(StringComparer.Ordinal);
    private int epoch;

    private sealed record Remembered(Task<Standing?> Standing, DateTimeOffset At, int Epoch);

    private sealed record Standing(bool IsAdmin, IReadOnlyList<Membership> Memberships, ApiKeyGrant? Key, byte[]? SecretHash);

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
            ({ } session, _) => await RememberAsync($"session {session}", () => ReadSessionAsync(session, claims.UserId)),
            (_, { } key) => await RememberAsync($"key {key.Id}", () => ReadKeyAsync("id = $1", key.Id)),
            _ => null,
        };
        return standing is null ? null : new Caller
        {
            UserId = claims.UserId,
            SessionId = claims.SessionId,
            Key = standing.Key,
            IsAdmin = standing.IsAdmin,
            Memberships = standing.Memberships,
            Origin = origin,
        };
    }

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
            ? new Caller { Key = standing.Key, Origin = origin }
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

    private async Task<Standing?> ReadSessionAsync(Guid sessionId, Guid? userId)
    {
        await using var command = source.CreateCommand(
            """
            SELECT u.is_admin, m.organization_id, o.number, m.role
            FROM accounts.sessions s
            JOIN accounts.users u ON u.id = s.user_id
            LEFT JOIN accounts.memberships m ON m.user_id = u.id
            LEFT JOIN accounts.organizations o ON o.id = m.organization_id
            WHERE s.id = $1 AND s.user_id = $2 AND s.ended_at IS NULL AND s.expires_at > $3 AND u.disabled_at IS NULL
            ORDER BY o.is_home DESC, o.number
            """);
        command.Parameters.AddWithValue(sessionId);
        command.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = userId });
        command.Parameters.AddWithValue(time.GetUtcNow());
        await using var reader = await command.ExecuteReaderAsync();
        var found = false;
        var isAdmin = false;
        var memberships = new List<Membership>();
        while (await reader.ReadAsync())
        {
            found = true;
            isAdmin = reader.GetBoolean(0);
            if (!await reader.IsDBNullAsync(1))
            {
                memberships.Add(new Membership(reader.GetGuid(1), reader.GetInt64(2), EnumText<OrganizationRole>.FromText(reader.GetString(3))));
            }
        }

        return found ? new Standing(isAdmin, memberships, null, null) : null;
    }

    private async Task<Standing?> ReadKeyAsync(string condition, object value)
    {
        await using var command = source.CreateCommand(
            $"SELECT id, organization_id, scopes, secret_hash FROM accounts.api_keys WHERE {condition} AND revoked_at IS NULL AND expires_at > $2");
        command.Parameters.AddWithValue(value);
        command.Parameters.AddWithValue(time.GetUtcNow());
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync()
            ? new Standing(false, [], new ApiKeyGrant(reader.GetGuid(0), reader.GetGuid(1), reader.GetFieldValue<string[]>(2)), reader.GetFieldValue<byte[]>(3))
            : null;
    }
}
