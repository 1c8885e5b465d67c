namespace Patron.Accounts.Activation;

/// <summary>What has become of an invitation.</summary>
public enum ActivationInvitationState
{
    /// <summary>Its first mail has not gone yet.</summary>
    Queued,

    /// <summary>Mailed, and nobody came so far.</summary>
    NeverCame,

    /// <summary>The person has an account, and the record is theirs.</summary>
    Came,

    /// <summary>The record no longer waits: deleted, blocked, or without an address.</summary>
    Withdrawn,
}

/// <summary>Staff asked a customer of the home organization to come; a few mails at most, none of which holds a secret.</summary>
public sealed class ActivationInvitation
{
    private ActivationInvitation()
    {
    }

    public long Id { get; private set; }

    public Guid CustomerUid { get; private set; }

    public DateTimeOffset InvitedAt { get; private set; }

    /// <summary>The account that invited them; null where a program or Patron itself did.</summary>
    public Guid? InvitedBy { get; private set; }

    /// <summary>How many mails have gone.</summary>
    public int Mails { get; private set; }

    public DateTimeOffset? LastMailedAt { get; private set; }

    /// <summary>When the next mail may go; null when there is none to come.</summary>
    public DateTimeOffset? DueAt { get; private set; }

    public DateTimeOffset? CameAt { get; private set; }

    public DateTimeOffset? WithdrawnAt { get; private set; }

    public ActivationInvitationState State =>
        CameAt is not null ? ActivationInvitationState.Came
        : WithdrawnAt is not null ? ActivationInvitationState.Withdrawn
        : Mails == 0 ? ActivationInvitationState.Queued
        : ActivationInvitationState.NeverCame;

    /// <summary>A mail goes now; the next one, if there is to be one, then.</summary>
    internal void Mail(DateTimeOffset now, DateTimeOffset? next) => (Mails, LastMailedAt, DueAt) = (Mails + 1, now, next);

    /// <summary>The mail that is due goes later.</summary>
    internal void Postpone(DateTimeOffset until) => DueAt = until;

    internal void Come(DateTimeOffset now) => (CameAt, DueAt) = (now, null);

    internal void Withdraw(DateTimeOffset now) => (WithdrawnAt, DueAt) = (now, null);
}
