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

    /// <summary>When it was given up: too many attempts, or refused for good.</summary>
    public DateTimeOffset? DeadAt { get; private set; }

    /// <summary>When this message itself was refused; null where its last failure was the system's.</summary>
    public DateTimeOffset? RefusedAt { get; private set; }
}

/// <summary>
/// What is done with outbox messages of one kind. Runs outside any transaction, at least once for each message; what it throws is tried again,
/// unless it is a <see cref="MessageRefusedException"/> that is final.
/// </summary>
public sealed record OutboxHandler(string Kind, Func<string, CancellationToken, Task> HandleAsync);
