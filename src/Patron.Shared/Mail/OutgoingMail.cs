using System.Text.Json;
using System.Text.Json.Serialization;
using Patron.Shared.Outbox;

namespace Patron.Shared.Mail;

/// <summary>One message to one mailbox, as the outbox keeps it.</summary>
public sealed record OutgoingMail(string To, string Subject, string Text)
{
    public const string OutboxKind = "mail";

    /// <summary>What the mail is about, for its entry in the log; the outbox does not keep it.</summary>
    [JsonIgnore]
    public MailKind Kind { get; init; }

    /// <summary>The same message as HTML; null in messages that an older version has queued.</summary>
    public string? Html { get; init; }

    /// <summary>The URL that ends mails of this kind (RFC 2369); null where they cannot be ended.</summary>
    public string? Unsubscribe { get; init; }

    /// <summary>
    /// The outbox message of the mail with this entry in the log; add both to a context and save them with the other changes.
    /// </summary>
    public OutboxMessage ToOutbox(MailLogEntry entry) =>
        new(OutboxKind, JsonSerializer.Serialize(this, MailJson.Default.OutgoingMail), entry.QueuedAt, entry.Uid);
}

[JsonSerializable(typeof(OutgoingMail))]
internal sealed partial class MailJson : JsonSerializerContext;
