using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Shared.Inbox;

/// <summary>What waits for a decision of staff.</summary>
public enum InboxKind
{
    /// <summary>The partners of one customer that a sync could not decide about.</summary>
    SyncConflict,

    /// <summary>A customer's request to change a field that the ERP owns.</summary>
    ChangeRequest,

    /// <summary>An offered link that expires within three days.</summary>
    OfferExpiring,

    /// <summary>An invitation of a customer or a member that nobody answers and that expires within three days.</summary>
    InvitationExpiring,

    /// <summary>A message that could not be sent.</summary>
    MailGivenUp,

    /// <summary>A job or an import that left out some of its rows.</summary>
    JobRejected,

    /// <summary>Customers that are probably one.</summary>
    Duplicate,

    /// <summary>A record whose address was released, because somebody else has it.</summary>
    ReleasedClaim,

    /// <summary>Two that claim one address.</summary>
    KeyCollision,
}

/// <summary>
/// An item of the staff's inbox. <paramref name="Source"/> names the thing in its module's own words; <paramref name="Data"/> is a JSON
/// object without personal data. The organization is null for what belongs to the whole installation. Times are UTC; nothing is left to
/// decide at <paramref name="DueAt"/>.
/// </summary>
public sealed record InboxItem(
    long Id, Guid? OrganizationId, InboxKind Kind, string Source, Guid? CustomerUid, DateTimeOffset CreatedAt, DateTimeOffset? DueAt,
    Guid? AssignedTo, DateTimeOffset? AssignedAt, DateTimeOffset? SnoozedUntil, string Data, long Version)
{
    internal const string Columns =
        "i.id, i.organization_id, i.kind, i.source, i.customer_uid, i.created_at, i.due_at, i.assigned_to, i.assigned_at, i.snoozed_until, "
        + "i.data, i.version";

    internal static InboxItem Read(RowCursor row) => new(
        row.Long(), row.OptionalUuid(), row.EnumValue<InboxKind>(), row.Text(), row.OptionalUuid(), row.Time(), row.OptionalTime(),
        row.OptionalUuid(), row.OptionalTime(), row.OptionalTime(), row.Text(), row.Long());

    /// <summary>The part of the source after this prefix, or null.</summary>
    public string? SourceAfter(string prefix) => Source.StartsWith(prefix, StringComparison.Ordinal) ? Source[prefix.Length..] : null;
}

/// <summary>What a person needs in order to decide about an item; each kind has a record of its own.</summary>
public abstract record InboxDetails;

/// <summary>Reads what items of some kinds are about. The module that owns the kind implements it by its reading use cases.</summary>
public interface IInboxReader
{
    /// <summary>Whether this reader knows the item.</summary>
    bool CanRead(InboxItem item);

    /// <summary>The details, or the error of the use case that reads them: 404 if the thing was settled meanwhile.</summary>
    Task<Result<InboxDetails>> ReadAsync(Caller caller, InboxItem item, CancellationToken cancellationToken);
}
