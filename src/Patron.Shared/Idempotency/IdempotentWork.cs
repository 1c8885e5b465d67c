using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Shared.Idempotency;

/// <summary>A stored answer, which is returned again for a repeated request.</summary>
public sealed record StoredAnswer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body);

/// <summary>
/// Executes work once per idempotency key. The answer is stored in the transaction of the work, so after a crash neither exists. That
/// transaction begins with the first one of the work (<see cref="DatabaseSession.Enclose"/>). Of two concurrent requests, an advisory lock
/// admits one and the other gets 409. Successes and answers of rules (400) are stored. Other answers can change and are not; a client can
/// correct an invalid request (422) and send it with the same key.
/// </summary>
public sealed class IdempotentWork(DatabaseSession database, TimeProvider time)
{
    public static readonly TimeSpan AnswerLifetime = TimeSpan.FromHours(24);

    private static readonly Error InProgress = new(
        ErrorKind.InProgress, "request_in_progress", "A request with this Idempotency-Key is in progress. Repeat it in a moment to get its answer.")
    {
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    private static readonly Error AnotherRequest = new(
        ErrorKind.Invalid, "idempotency_key_reused", "This Idempotency-Key was used for a different request. Use a new key for each request.");

    public static HousekeepingTask Housekeeping { get; } =
        new("idempotent answers", "DELETE FROM shared.idempotent_answers WHERE created_at < $1::timestamptz - interval '24 hours'");

    public async Task<Result<StoredAnswer>> RunAsync(
        string scope, string key, byte[] requestHash, Func<Task<StoredAnswer>> work, CancellationToken cancellationToken)
    {
        if (await database.OnConnectionAsync(_ => FindAsync(scope, key, requestHash, cancellationToken), cancellationToken) is { } stored)
        {
            return stored;
        }

        try
        {
            await using var transaction = database.Enclose(cancellationToken => ClaimAsync(scope, key, requestHash, cancellationToken));
            var answer = await work();
            if (answer.Status is (>= 200 and < 300) or 400)
            {
                await transaction.BeginAsync(cancellationToken);
                await StoreAsync(scope, key, requestHash, answer, cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
            return answer;
        }
        catch (DuplicateRequestException duplicate)
        {
            return duplicate.Answer;
        }
    }

    /// <summary>
    /// Deletes the stored answers whose body contains one of the texts, for an erasure. A repeated request is then treated as a new one.
    /// This scans all answers of the last day: erasures are rare, and an index on the bodies would slow down every create.
    /// </summary>
    public async Task ForgetAsync(string[] texts, CancellationToken cancellationToken)
    {
        await using var command = Command(
            """
            DELETE FROM shared.idempotent_answers
            WHERE EXISTS (SELECT FROM unnest($1) AS text WHERE position(convert_to(text, 'UTF8') IN body) > 0)
            """,
            [texts]);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // Runs first in the transaction. A concurrent duplicate is stopped here, wherever its work begins the transaction.
    private async Task ClaimAsync(string scope, string key, byte[] requestHash, CancellationToken cancellationToken)
    {
        if (!await TryLockAsync($"{scope} {key}", cancellationToken))
        {
            throw new DuplicateRequestException(InProgress);
        }

        if (await FindAsync(scope, key, requestHash, cancellationToken) is { } answer)
        {
            throw new DuplicateRequestException(answer);
        }
    }

    private async Task<bool> TryLockAsync(string subject, CancellationToken cancellationToken)
    {
        await using var command = Command("SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))", subject);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    // An UPDATE instead of a SELECT: its commit waits for the synchronous standby. So an answer whose own commit did not wait is not
    // returned before the standby has it.
    private async Task<Result<StoredAnswer>?> FindAsync(string scope, string key, byte[] requestHash, CancellationToken cancellationToken)
    {
        await using var command = Command(
            """
            UPDATE shared.idempotent_answers SET created_at = created_at WHERE scope = $1 AND key = $2 AND created_at > $3
            RETURNING request_hash, status, headers::text, body
            """,
            scope, key, time.GetUtcNow() - AnswerLifetime);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        if (!reader.GetFieldValue<byte[]>(0).AsSpan().SequenceEqual(requestHash))
        {
            return AnotherRequest;
        }

        var headers = JsonSerializer.Deserialize(reader.GetString(2), IdempotencyJson.Default.IReadOnlyDictionaryStringString)!;
        return new StoredAnswer(reader.GetInt32(1), headers, reader.GetFieldValue<byte[]>(3));
    }

    private async Task StoreAsync(string scope, string key, byte[] requestHash, StoredAnswer answer, CancellationToken cancellationToken)
    {
        await using var command = Command(
            """
            INSERT INTO shared.idempotent_answers (scope, key, request_hash, status, headers, body, created_at)
            VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7)
            ON CONFLICT (scope, key) DO UPDATE SET request_hash = excluded.request_hash, status = excluded.status,
                headers = excluded.headers, body = excluded.body, created_at = excluded.created_at
            """,
            scope, key, requestHash, answer.Status,
            JsonSerializer.Serialize(answer.Headers, IdempotencyJson.Default.IReadOnlyDictionaryStringString), answer.Body,
            time.GetUtcNow());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private NpgsqlCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, database.Connection);
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(value);
        }

        return command;
    }

    /// <summary>
    /// Ends the work at its first transaction, because another request with the same key is in progress or has been answered.
    /// </summary>
    private sealed class DuplicateRequestException(Result<StoredAnswer> answer) : Exception
    {
        public Result<StoredAnswer> Answer { get; } = answer;
    }
}

[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class IdempotencyJson : JsonSerializerContext;
