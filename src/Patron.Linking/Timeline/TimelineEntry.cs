namespace Patron.Linking.Timeline;

/// <summary>What an entry is about, to filter by.</summary>
public enum TimelineKind
{
    /// <summary>The record: created, changed, verified, deactivated, restored, synced.</summary>
    Record,

    /// <summary>An additional address.</summary>
    Address,

    /// <summary>The link between record and account.</summary>
    Link,

    /// <summary>A merge or its undo.</summary>
    Merge,

    /// <summary>A marketing consent that was given or withdrawn.</summary>
    Consent,

    /// <summary>A change of the account.</summary>
    Account,

    /// <summary>A session that began, ended or was refused.</summary>
    SignIn,

    /// <summary>An offer to link the record, and its answer.</summary>
    Offer,

    /// <summary>An invitation to set a first password.</summary>
    Invitation,

    /// <summary>A request of the customer to change a field that the ERP owns, and its answer.</summary>
    Request,

    /// <summary>A comment of staff; its changes are entries of their own.</summary>
    Comment,

    /// <summary>A mail: its kind and state, never its text.</summary>
    Mail,
}

/// <summary>Who made an entry.</summary>
public enum ActorKind
{
    /// <summary>The customer themself, through the account that the record is linked to now.</summary>
    Customer,
    Person,
    Key,
    Job,
    Sync,
    Import,
    Merge,

    /// <summary>Patron itself, its command line, or somebody who had not signed in.</summary>
    System,
}

/// <summary>The author of an entry. The name is null where the caller may not know it, or the account or key is gone.</summary>
/// <param name="Id">The account or key; null for the other kinds.</param>
public sealed record TimelineActor(ActorKind Kind, Guid? Id, string? Name)
{
    /// <summary>A change with a cause but without a person was made by what the cause names.</summary>
    internal static TimelineActor Of(Guid? user, Guid? key, string? cause, string? name, Guid? customer) => (user, key) switch
    {
        (_, { } id) => new TimelineActor(ActorKind.Key, id, name),
        ({ } id, _) => new TimelineActor(id == customer ? ActorKind.Customer : ActorKind.Person, id, name),
        _ => new TimelineActor(KindOf(cause), null, null),
    };

    private static ActorKind KindOf(string? cause) => cause?[..Math.Max(cause.IndexOf(':', StringComparison.Ordinal), 0)] switch
    {
        "job" => ActorKind.Job,
        "sync" => ActorKind.Sync,
        "import" => ActorKind.Import,
        "merge" => ActorKind.Merge,
        _ => ActorKind.System,
    };
}

/// <summary>A changed field with its old and new value as texts: what is no text is JSON. Null where there was or is none.</summary>
public sealed record FieldChange(string Field, string? Before, string? After);

/// <summary>The client's address, and its device in words; only for staff of home.</summary>
public sealed record EntryOrigin(string Address, string? Device);

/// <summary>One thing that happened to a customer. Pages and programs make sentences of it.</summary>
/// <param name="Id">Identifies the entry in the customer's timeline, and is the cursor of what came before it.</param>
/// <param name="Action">What happened, as noun and verb: <c>customer.changed</c>, <c>consent.given</c>, <c>mail.offer</c>.</param>
/// <param name="Cause">What the change was a part of, such as <c>job:42</c>.</param>
public sealed record TimelineEntry(
    string Id, TimelineKind Kind, string Action, DateTimeOffset At, TimelineActor Actor, string? Cause, IReadOnlyList<FieldChange> Changes)
{
    /// <summary>The record or account that the entry was written for: another uid than the customer's is a merged record's.</summary>
    public Guid Subject { get; init; }

    /// <summary>The id of a comment.</summary>
    public Guid? Comment { get; init; }

    /// <summary>The text of a comment, or the sentence that the person agreed to.</summary>
    public string? Text { get; init; }

    /// <summary>The state of a mail, the source of a consent, or <c>edited</c> for a comment.</summary>
    public string? State { get; init; }

    /// <summary>When a mail reached its state, or a comment was edited.</summary>
    public DateTimeOffset? StateAt { get; init; }

    public EntryOrigin? Origin { get; init; }
}

/// <summary>A page of the timeline, newest first, and the cursor of the next one; null on the last.</summary>
public sealed record TimelinePage(IReadOnlyList<TimelineEntry> Entries, string? Next);
