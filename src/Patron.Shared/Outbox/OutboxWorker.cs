using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Patron.Shared.Background;
using Patron.Shared.Database;
using Patron.Shared.Text;

namespace Patron.Shared.Outbox;

/// <summary>
/// Sends outbox messages within 250 ms; any number of processes can run it at once. A failed message is retried after 5 s, 10 s, 20 s and
/// so on, up to an hour. It is given up after 15 attempts (about half a day), or immediately when its handler refuses it permanently, and
/// then kept for 30 days.
/// </summary>
public sealed partial class OutboxWorker(
    DatabasePools pools, IEnumerable<OutboxHandler> handlers, BackgroundLoop loop, TimeProvider time,
    ILogger<OutboxWorker> logger) : BackgroundService
{
    /// <summary>Messages that were given up are kept for 30 days, so that questions about them can be answered.</summary>
    public static HousekeepingTask Housekeeping { get; } = new(
        "given-up messages", "DELETE FROM shared.outbox_messages WHERE dead_at < $1::timestamptz - interval '30 days'");

    /// <summary>The mail log is kept for 90 days.</summary>
    public static HousekeepingTask MailLogHousekeeping { get; } = new(
        "mail log entries", "DELETE FROM shared.mail_log WHERE queued_at < $1::timestamptz - interval '90 days'");

    private const int MaxAttempts = 15;
    private const int MaxConcurrency = 8;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250); // People wait for codes and links.
    private static readonly TimeSpan LeaseDuration = TimeSpan.FromMinutes(2);
    private readonly Dictionary<string, OutboxHandler> byKind = handlers.ToDictionary(handler => handler.Kind, StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var sending = new Dictionary<long, Task>();
        await loop.RunAsync("outbox", TimeSpan.Zero, cancellationToken => SendDueAsync(sending, cancellationToken), stoppingToken);

        // Messages that were sent must be deleted before the process ends, or they would be sent again; others are released.
        await Task.WhenAll(sending.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Returns when a message was sent or the poll interval has passed. A message that hangs blocks one of the slots, not the others.
    private async Task SendDueAsync(Dictionary<long, Task> sending, CancellationToken cancellationToken)
    {
        foreach (var (id, sent) in sending.Where(entry => entry.Value.IsCompleted).ToList())
        {
            sending.Remove(id);
            await sent;
        }

        foreach (var message in await ClaimDueAsync(MaxConcurrency - sending.Count, [.. sending.Keys], cancellationToken))
        {
            sending.Add(message.Id, SendAsync(message, cancellationToken));
        }

        await Task.WhenAny([.. sending.Values, Task.Delay(PollInterval, cancellationToken)]);
    }

    // due_at is the lease: if the process dies while sending, the message is sent again after the lease. Messages that this process is
    // still sending are excluded, whatever the clock says.
    private const string ClaimSql = """
        UPDATE shared.outbox_messages SET due_at = $1, attempts = attempts + 1
        WHERE id IN (
            SELECT id FROM shared.outbox_messages
            WHERE dead_at IS NULL AND due_at <= $2 AND id <> ALL ($4)
            ORDER BY due_at FOR UPDATE SKIP LOCKED LIMIT $3)
        RETURNING id, kind, payload, attempts
        """;

    // The log of mails says the same as the messages, because both change in one statement. Other messages have no entry there.
    private const string SentSql = """
        WITH sent AS (DELETE FROM shared.outbox_messages WHERE id = $1 RETURNING mail_uid, attempts)
        UPDATE shared.mail_log l SET state = 'sent', state_at = $2, attempts = sent.attempts FROM sent WHERE l.uid = sent.mail_uid
        """;

    private const string FailedSql = """
        WITH failed AS (
            UPDATE shared.outbox_messages SET due_at = $2, last_error = $3, dead_at = $4, refused_at = $5 WHERE id = $1
            RETURNING mail_uid, attempts, dead_at, refused_at)
        UPDATE shared.mail_log l SET attempts = failed.attempts, state_at = coalesce(failed.dead_at, l.state_at),
            state = CASE WHEN failed.dead_at IS NULL THEN l.state WHEN failed.refused_at IS NULL THEN 'given_up' ELSE 'refused' END
        FROM failed WHERE l.uid = failed.mail_uid
        """;

    private async Task<List<Message>> ClaimDueAsync(int limit, long[] sending, CancellationToken cancellationToken)
    {
        var claimed = new List<Message>();
        if (limit == 0)
        {
            return claimed;
        }

        await using var command = pools.Background.CreateCommand(ClaimSql);
        var now = time.GetUtcNow();
        command.Parameters.AddWithValue(now + LeaseDuration);
        command.Parameters.AddWithValue(now);
        command.Parameters.AddWithValue(limit);
        command.Parameters.AddWithValue(sending);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            claimed.Add(new Message(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3)));
        }

        return claimed;
    }

    private async Task SendAsync(Message message, CancellationToken cancellationToken)
    {
        try
        {
            await GetHandler(message.Kind).HandleAsync(message.Payload, cancellationToken);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            await ReleaseAsync(message);
            return;
        }
        catch (Exception exception)
        {
            LogFailed(message.Id, message.Kind, message.Attempts, exception.GetType().Name);
            await RescheduleAsync(message, exception, cancellationToken);
            return;
        }

        await using var command = pools.Background.CreateCommand(SentSql);
        command.Parameters.AddWithValue(message.Id);
        command.Parameters.AddWithValue(time.GetUtcNow());
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    // The server stops while it sends: without this the message would wait for the end of its lease.
    private async Task ReleaseAsync(Message message)
    {
        await using var command = pools.Background.CreateCommand(
            "UPDATE shared.outbox_messages SET due_at = $2, attempts = attempts - 1 WHERE id = $1");
        command.Parameters.AddWithValue(message.Id);
        command.Parameters.AddWithValue(time.GetUtcNow());
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private async Task RescheduleAsync(Message message, Exception exception, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var delay = TimeSpan.FromSeconds(Math.Min(5 * Math.Pow(2, message.Attempts - 1), 3600));
        var refusal = exception as MessageRefusedException;
        var isDead = message.Attempts >= MaxAttempts || refusal is { IsFinal: true };
        await using var command = pools.Background.CreateCommand(FailedSql);
        command.Parameters.AddWithValue(message.Id);
        command.Parameters.AddWithValue(now + delay);
        // If the error text could not be stored, this update would fail and the message would be retried forever.
        command.Parameters.AddWithValue(InputText.Storable(exception.Message));
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset?> { TypedValue = isDead ? now : null });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset?> { TypedValue = refusal is null ? null : now });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private OutboxHandler GetHandler(string kind) =>
        byKind.GetValueOrDefault(kind)
            ?? throw new InvalidOperationException($"No handler takes messages of the kind '{kind}': another version has left it.");

    private sealed record Message(long Id, string Kind, string Payload, int Attempts);

    [LoggerMessage(LogLevel.Warning, "Outbox message {Id} of kind {Kind} failed at attempt {Attempt}: {Reason}")]
    private partial void LogFailed(long id, string kind, int attempt, string reason);
}
