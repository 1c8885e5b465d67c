using Patron.Shared.Database;

namespace Patron.Customers.Segments;

/// <summary>
/// A saved filter of an organization's customers: private to the account <see cref="OwnerId"/>, or of the organization (null). Names are
/// unique among the private ones of a person and among those of the organization, ignoring case. Times are UTC.
/// </summary>
public sealed record Segment
{
    /// <summary>The maximum length of a name, in characters.</summary>
    public const int MaxNameLength = 100;

    /// <summary>How many segments an organization has at most, and each of its members privately.</summary>
    public const int MaxCount = 100;

    internal const string Columns = "uid, organization_id, owner_id, name, filter, created_at, changed_at, version";

    public required Guid Uid { get; init; }

    public required Guid OrganizationId { get; init; }

    public Guid? OwnerId { get; init; }

    public required string Name { get; init; }

    /// <summary>The filter in its canonical form.</summary>
    public required string Filter { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Raised by every change.</summary>
    public required long Version { get; init; }

    public bool IsPrivate => OwnerId is not null;

    internal static Segment Read(RowCursor row) => new()
    {
        Uid = row.Uuid(),
        OrganizationId = row.Uuid(),
        OwnerId = row.OptionalUuid(),
        Name = row.Text(),
        Filter = row.Text(),
        CreatedAt = row.Time(),
        ChangedAt = row.Time(),
        Version = row.Long(),
    };
}

/// <summary>
/// A segment and how many customers it has: exact up to 10 000. The number is null where counting took too long, or where
/// <see cref="Problem"/> says why the filter is no longer valid.
/// </summary>
public sealed record CountedSegment(Segment Segment, int? Customers, bool IsExact, string? Problem);
