namespace Patron.Shared.Outbox;

/// <summary>A side effect that leaves after the transaction which decided it: added to a context, saved with the rest.</summary>
public sealed class OutboxMessage
{
    private OutboxMessage()
    {
    }

    public OutboxMessage(string kind, string payload, DateTimeOffset now)
    {
        Kind = kind;
        Payload = payload;
        CreatedAt = now;
        DueAt = now;
    }

    public long Id { get; private set; }

    /// <summary>Which <see cref="OutboxHandler"/> takes it.</summary>
    public string Kind { get; private set; } = "";

    /// <summary>JSON, as the handler reads it.</summary>
    public string Payload { get; private set; } = "";

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset DueAt { get; private set; }

    public int Attempts { get; private set; }

    public string? LastError { get; private set; }

    public DateTimeOffset? DeadAt { get; private set; }
}

/// <summary>What is done with outbox messages of one kind. Runs outside any transaction, at least once for each message.</summary>
public sealed record OutboxHandler(string Kind, Func<string, CancellationToken, Task> HandleAsync);
