using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Patron.Shared.Background;
using Patron.Shared.Database;
using Patron.Shared.Text;

namespace Patron.Shared.Outbox;

/// <summary>
/// Sends what the outbox holds: within a quarter of a second, any number of processes at once. A message that fails is tried again
/// after 5 s, 10 s, 20 s ... up to an hour; after 15 attempts (about half a day), or at once where its handler says that it is refused for good,
/// it is dead and stays to be looked at.
/// </summary>
public sealed partial class OutboxWorker(
    DatabasePools pools, IEnumerable<OutboxHandler> handlers, BackgroundLoop loop, TimeProvider time, ILogger<OutboxWorker> logger) : BackgroundService
{
    private const int MaxAttempts = 15;
    private const int AtOnce = 8;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250); // People wait for codes and links.
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);
    private readonly Dictionary<string, OutboxHandler> byKind = handlers.ToDictionary(handler => handler.Kind, StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var sending = new Dictionary<long, Task>();
        await loop.RunAsync("outbox", TimeSpan.Zero, cancellationToken => GoOnAsync(sending, cancellationToken), stoppingToken);

        // What has left is struck off before the process ends, or it would leave again.
        await Task.WhenAll(sending.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // A message that hangs takes one place of several; none waits for another.
    private async Task GoOnAsync(Dictionary<long, Task> sending, CancellationToken cancellationToken)
    {
        foreach (var (id, sent) in sending.Where(one => one.Value.IsCompleted).ToList())
        {
            sending.Remove(id);
            await sent;
        }

        foreach (var message in await TakeDueAsync(AtOnce - sending.Count, [.. sending.Keys], cancellationToken))
        {
            sending.Add(message.Id, SendAsync(message, cancellationToken));
        }

        await Task.WhenAny([.. sending.Values, Task.Delay(Poll, cancellationToken)]);
    }

    // due_at is the lease: a process that dies while sending leaves the message to be tried again when the lease ends. What this one is still
    // sending it does not take again, however the clock is set.
    private const string TakeSql = """
        UPDATE shared.outbox_messages SET due_at = $1, attempts = attempts + 1
        WHERE id IN (
            SELECT id FROM shared.outbox_messages
            WHERE dead_at IS NULL AND due_at <= $2 AND id <> ALL ($4)
            ORDER BY due_at FOR UPDATE SKIP LOCKED LIMIT $3)
        RETURNING id, kind, payload, attempts
        """;

    private async Task<List<Message>> TakeDueAsync(int limit, long[] sending, CancellationToken cancellationToken)
    {
        var taken = new List<Message>();
        if (limit == 0)
        {
            return taken;
        }

        await using var command = pools.Background.CreateCommand(TakeSql);
        var now = time.GetUtcNow();
        command.Parameters.AddWithValue(now + Lease);
        command.Parameters.AddWithValue(now);
        command.Parameters.AddWithValue(limit);
        command.Parameters.AddWithValue(sending);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            taken.Add(new Message(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3)));
        }

        return taken;
    }

    private async Task SendAsync(Message message, CancellationToken cancellationToken)
    {
        try
        {
            await HandlerOf(message.Kind).HandleAsync(message.Payload, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(message.Id, message.Kind, message.Attempts, exception.GetType().Name);
            await PostponeAsync(message, exception, cancellationToken);
            return;
        }

        await using var command = pools.Background.CreateCommand("DELETE FROM shared.outbox_messages WHERE id = $1");
        command.Parameters.AddWithValue(message.Id);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private async Task PostponeAsync(Message message, Exception exception, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var pause = TimeSpan.FromSeconds(Math.Min(5 * Math.Pow(2, message.Attempts - 1), 3600));
        var refusal = exception as MessageRefusedException;
        var isDead = message.Attempts >= MaxAttempts || refusal is { IsFinal: true };
        await using var command = pools.Background.CreateCommand(
            "UPDATE shared.outbox_messages SET due_at = $2, last_error = $3, dead_at = $4, refused_at = $5 WHERE id = $1");
        command.Parameters.AddWithValue(message.Id);
        command.Parameters.AddWithValue(now + pause);
        // One that could not be stored would let its message be tried for ever.
        command.Parameters.AddWithValue(GivenText.Storable(exception.Message));
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset?> { TypedValue = isDead ? now : null });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset?> { TypedValue = refusal is null ? null : now });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private OutboxHandler HandlerOf(string kind) =>
        byKind.GetValueOrDefault(kind) ?? throw new InvalidOperationException($"No handler takes messages of the kind '{kind}': another version has left it.");

    private sealed record Message(long Id, string Kind, string Payload, int Attempts);

    [LoggerMessage(LogLevel.Warning, "Outbox message {Id} of kind {Kind} failed at attempt {Attempt}: {Reason}")]
    private partial void LogFailed(long id, string kind, int attempt, string reason);
}
