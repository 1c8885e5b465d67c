using Microsoft.Extensions.DependencyInjection;
using Patron.Shared.Background;

namespace Patron.Shared.Outbox;

/// <summary>
/// A side effect that runs after the commit of the transaction that requested it. It is added to a context and saved with the other
/// changes.
/// </summary>
public sealed class OutboxMessage
{
    private OutboxMessage()
    {
    }

    public OutboxMessage(string kind, string payload, DateTimeOffset now, Guid? mailUid = null)
    {
        MailUid = mailUid;
        Kind = kind;
        Payload = payload;
        CreatedAt = now;
        DueAt = now;
    }

    public long Id { get; private set; }

    /// <summary>Identifies the <see cref="OutboxHandler"/>.</summary>
    public string Kind { get; private set; } = "";

    /// <summary>JSON in the handler's format.</summary>
    public string Payload { get; private set; } = "";

    /// <summary>The entry of a mail in the mail log; null for other messages.</summary>
    public Guid? MailUid { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset DueAt { get; private set; }

    public int Attempts { get; private set; }

    public string? LastError { get; private set; }

    /// <summary>When the message was given up: after too many attempts, or because it was refused permanently.</summary>
    public DateTimeOffset? DeadAt { get; private set; }

    /// <summary>When this message itself was refused; null if its last failure was one of the system.</summary>
    public DateTimeOffset? RefusedAt { get; private set; }
}

/// <summary>
/// Handles the outbox messages of one kind. It runs outside of any transaction, at least once per message. When it throws, the message is
/// retried, unless the exception is a final <see cref="MessageRefusedException"/>.
/// </summary>
public sealed record OutboxHandler(string Kind, Func<string, CancellationToken, Task> HandleAsync);

public static class OutboxHandlerExtensions
{
    /// <summary>Handles messages of this kind by a service that lives as long as the message is handled.</summary>
    public static IServiceCollection AddOutboxHandler<T>(
        this IServiceCollection services, string kind, Func<T, string, CancellationToken, Task> handle)
        where T : notnull => services.AddSingleton(provider => new OutboxHandler(kind, async (payload, cancellationToken) =>
        {
            await using var scope = provider.GetRequiredService<IServiceScopeFactory>().CreateBackgroundScope();
            await handle(scope.ServiceProvider.GetRequiredService<T>(), payload, cancellationToken);
        }));
}

/// <summary>
/// Thrown by a handler when this message is refused while others would be accepted, such as for a mailbox that does not exist. It does not
/// affect the reported health of the system.
/// </summary>
/// <param name="reason">The reason, for the message's <c>last_error</c>.</param>
/// <param name="isFinal">Whether retrying is useless; the message is then given up immediately.</param>
public sealed class MessageRefusedException(string reason, bool isFinal) : Exception(reason)
{
    public bool IsFinal => isFinal;
}
