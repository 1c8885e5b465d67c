namespace Patron.Accounts.Activation;

/// <summary>The status of an invitation.</summary>
public enum ActivationInvitationState
{
    /// <summary>The first mail has not been sent yet.</summary>
    Queued,

    /// <summary>
    /// At least one mail was sent, and the customer may still set up an account: a reminder is due, or the last mail is recent.
    /// </summary>
    Invited,

    /// <summary>The last mail was sent a week ago, and the customer has no account yet.</summary>
    NeverCame,

    /// <summary>The customer has an account that is linked to the record.</summary>
    Came,

    /// <summary>The record cannot be activated any more: it was deleted or blocked, or has no address.</summary>
    Withdrawn,

    /// <summary>The customer asked for no more mails.</summary>
    Declined,
}

/// <summary>
/// An invitation of staff to a customer of the home organization to set a first password. It sends a few mails, none of which holds a
/// secret.
/// </summary>
public sealed class ActivationInvitation
{
    private ActivationInvitation()
    {
    }

    public long Id { get; private set; }

    public Guid CustomerUid { get; private set; }

    public DateTimeOffset InvitedAt { get; private set; }

    /// <summary>The account that sent the invitation. Null for a program or Patron itself.</summary>
    public Guid? InvitedBy { get; private set; }

    /// <summary>Number of mails sent.</summary>
    public int Mails { get; private set; }

    public DateTimeOffset? LastMailedAt { get; private set; }

    /// <summary>When the next mail is due. Null if there is none.</summary>
    public DateTimeOffset? DueAt { get; private set; }

    public DateTimeOffset? CameAt { get; private set; }

    public DateTimeOffset? WithdrawnAt { get; private set; }

    public DateTimeOffset? DeclinedAt { get; private set; }

    /// <summary>How long after its last mail an invitation counts as unanswered.</summary>
    internal static readonly TimeSpan AnswerTime = TimeSpan.FromDays(7);

    public ActivationInvitationState StateAt(DateTimeOffset now) => this switch
    {
        { CameAt: not null } => ActivationInvitationState.Came,
        { DeclinedAt: not null } => ActivationInvitationState.Declined,
        { WithdrawnAt: not null } => ActivationInvitationState.Withdrawn,
        { Mails: 0 } => ActivationInvitationState.Queued,
        { DueAt: null } when LastMailedAt <= now - AnswerTime => ActivationInvitationState.NeverCame,
        _ => ActivationInvitationState.Invited,
    };

    /// <summary>Records that a mail is sent now, and when the next one is due.</summary>
    internal void RecordMail(DateTimeOffset now, DateTimeOffset? nextDueAt) => (Mails, LastMailedAt, DueAt) = (Mails + 1, now, nextDueAt);

    internal void Postpone(DateTimeOffset until) => DueAt = until;

    internal void MarkActivated(DateTimeOffset now) => (CameAt, DueAt) = (now, null);

    internal void Decline(DateTimeOffset now) => (DeclinedAt, DueAt) = (DeclinedAt ?? now, null);

    internal void Withdraw(DateTimeOffset now) => (WithdrawnAt, DueAt) = (now, null);
}
