namespace Patron.Shared.Mail;

/// <summary>What a mail is about. Pages have a sentence for each.</summary>
public enum MailKind
{
    /// <summary>Asks the owner of a new account to prove the address.</summary>
    Verification,

    /// <summary>Asks a new mailbox for proof.</summary>
    EmailChange,

    /// <summary>Tells the old mailbox that the address is to change.</summary>
    EmailChanging,

    /// <summary>Tells the old mailbox that the address has changed.</summary>
    EmailChanged,
    PasswordReset,
    PasswordChanged,

    /// <summary>Tells the owner of an account that somebody tried to register its address.</summary>
    AlreadyRegistered,

    /// <summary>An invitation to join an organization.</summary>
    MemberInvitation,

    /// <summary>An organization offers to link a record to the account.</summary>
    Offer,
    Welcome,

    /// <summary>The account was merged into another one of the person, and is closed.</summary>
    AccountClosed,

    /// <summary>Another account of the person was merged into this one.</summary>
    AccountKept,

    /// <summary>The code or link with which a waiting customer sets a first password.</summary>
    SetupLink,

    /// <summary>The code with which a person who is signed in confirms who they are.</summary>
    ReauthenticationCode,

    /// <summary>An invitation to a waiting customer to set a first password, or its reminder.</summary>
    CustomerInvitation,
}

/// <summary>What has become of a mail.</summary>
public enum MailState
{
    /// <summary>It waits to be sent for the first time, or to be tried again.</summary>
    Queued,

    /// <summary>The mail server has accepted it.</summary>
    Sent,

    /// <summary>It was tried too often.</summary>
    GivenUp,

    /// <summary>The recipient's server refuses it for good, such as for a mailbox that does not exist.</summary>
    Refused,
}

/// <summary>Whom a mail is for, by ids: an account, a customer, and the organization that the mail is about. All can be unknown.</summary>
public sealed record MailPerson(Guid? UserId = null, Guid? CustomerUid = null, Guid? OrganizationId = null);

/// <summary>
/// The entry of one mail in <c>shared.mail_log</c>: kind, person, state and times. It has no text, no address and no subject, and is kept for
/// 90 days. <see cref="Outbox.OutboxWorker"/> updates it in the statement that removes the message or gives it up.
/// </summary>
public sealed class MailLogEntry
{
    private MailLogEntry()
    {
    }

    public MailLogEntry(MailKind kind, MailPerson person, DateTimeOffset now)
    {
        Uid = Guid.CreateVersion7(now);
        Kind = kind;
        (UserId, CustomerUid, OrganizationId) = person;
        QueuedAt = now;
        StateAt = now;
    }

    public long Id { get; private set; }

    /// <summary>Names the entry in its outbox message.</summary>
    public Guid Uid { get; private set; }

    public MailKind Kind { get; private set; }

    public Guid? UserId { get; private set; }

    public Guid? CustomerUid { get; private set; }

    public Guid? OrganizationId { get; private set; }

    public MailState State { get; private set; }

    public DateTimeOffset QueuedAt { get; private set; }

    /// <summary>When the mail reached its state.</summary>
    public DateTimeOffset StateAt { get; private set; }

    public int Attempts { get; private set; }
}
