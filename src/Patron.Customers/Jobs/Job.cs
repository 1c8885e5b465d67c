using Patron.Customers.Search;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.Customers.Jobs;

/// <summary>What a job does to its customers.</summary>
public enum JobKind
{
    Update,

    AddTags,

    RemoveTags,

    Verify,

    Deactivate,

    Restore,

    Invite,

    Erase,
}

/// <summary>How many customers of a job are in which state. Each batch adds to these figures; nothing is counted anew.</summary>
public sealed record JobFigures(
    int Total, int WouldChange, int Unchanged, int Cannot, int Changed, int Skipped, int Undone, int Kept);

/// <summary>
/// A job: one change of many customers of an organization. The preview decides what would change, a person confirms the number, a worker
/// applies it in batches, and it can be undone. Times are UTC.
/// </summary>
public sealed record Job
{
    internal const string Columns =
        "id, uid, organization_id, kind, state, reason, filter, uids, changes, fields, salt, set_after, set_until, place, total, would_change, unchanged, cannot, changed, skipped, undone, kept, created_at, created_by, confirmed_at, confirmed_by, acting, expires_at, finished_at, undone_at";

    private static readonly TimeSpan MaxPause = TimeSpan.FromDays(7);

    public required long Id { get; init; }

    /// <summary>The subject of the job's own audit entries.</summary>
    public required Guid Uid { get; init; }

    public required Guid OrganizationId { get; init; }

    public required JobKind Kind { get; init; }

    public required JobState State { get; init; }

    /// <summary>Why it is paused or was cancelled by Patron: a code such as <c>rights_lost</c>.</summary>
    public string? Reason { get; init; }

    /// <summary><see cref="Criteria"/> as JSON. Those that can name a person are removed when the job ends.</summary>
    internal string? Filter { get; init; }

    /// <summary>The criteria; null where customers were named.</summary>
    public CustomerCriteria? Criteria => Filter is { } json ? JobFilter.Read(json) : null;

    /// <summary>The named customers until the preview has read them.</summary>
    internal Guid[]? Uids { get; init; }

    /// <summary>The values to set, as a JSON object. Those that people can type are removed when the job ends.</summary>
    public required string Changes { get; init; }

    /// <summary>The names of the fields to set; they stay.</summary>
    public required IReadOnlyList<string> Fields { get; init; }

    internal byte[]? Salt { get; init; }

    internal long SetAfter { get; init; }

    internal long SetUntil { get; init; }

    internal int Place { get; init; }

    public required JobFigures Rows { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The account or API key that made it; null for the command line.</summary>
    public Guid? CreatedBy { get; init; }

    public DateTimeOffset? ConfirmedAt { get; init; }

    public Guid? ConfirmedBy { get; init; }

    internal StoredCaller Acting { get; init; } = null!;

    /// <summary>Until when it can be confirmed; null before the preview has ended.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public DateTimeOffset? UndoneAt { get; init; }

    /// <summary>Whether the kind of job can be undone, and something was changed.</summary>
    public bool CanUndo => Kind is not (JobKind.Invite or JobKind.Erase) && Rows.Changed > 0
        && State is JobState.Applied or JobState.Cancelled or JobState.UndoPaused;

    /// <summary>The named customers that do not exist, as the caller wrote them; only in the answer to the creation.</summary>
    public IReadOnlyList<string> NotFound { get; init; } = [];

    /// <summary>Whether nobody confirmed it within the hour, or continued it within a week: what people typed must not stay for ever.</summary>
    internal bool IsOverdue(DateTimeOffset now) =>
        State == JobState.Ready ? ExpiresAt <= now : State == JobState.Paused && ConfirmedAt <= now - MaxPause;

    internal static Job Read(RowCursor row) => new()
    {
        Id = row.Long(),
        Uid = row.Uuid(),
        OrganizationId = row.Uuid(),
        Kind = row.EnumValue<JobKind>(),
        State = row.EnumValue<JobState>(),
        Reason = row.OptionalText(),
        Filter = row.OptionalText(),
        Uids = row.OptionalUuids(),
        Changes = row.Text(),
        Fields = row.Texts(),
        Salt = row.OptionalBytes(),
        SetAfter = row.Long(),
        SetUntil = row.Long(),
        Place = row.Int(),
        Rows = new JobFigures(row.Int(), row.Int(), row.Int(), row.Int(), row.Int(), row.Int(), row.Int(), row.Int()),
        CreatedAt = row.Time(),
        CreatedBy = row.OptionalUuid(),
        ConfirmedAt = row.OptionalTime(),
        ConfirmedBy = row.OptionalUuid(),
        Acting = StoredCaller.FromJson(row.Text()),
        ExpiresAt = row.OptionalTime(),
        FinishedAt = row.OptionalTime(),
        UndoneAt = row.OptionalTime(),
    };
}

/// <summary>A customer of a job.</summary>
public sealed record JobRow(int Place, Guid CustomerUid, JobRowState State, string? Reason, IReadOnlyList<string> Fields)
{
    /// <summary>The customer's <c>customer_id</c>; null once the record is erased or merged into another.</summary>
    public string? CustomerId { get; init; }
}
