using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Customers.Search;
using Patron.Customers.Search.Filters;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Segments;

/// <summary>What to change of a segment; null stays as it is.</summary>
public sealed record SegmentChanges(string? Name, string? Filter)
{
    /// <summary>Makes a private segment one of the organization.</summary>
    public bool Share { get; init; }
}

/// <summary>
/// Changes the name or the filter of a segment: any staff and keys with <c>customers:write</c> those of the organization, a person their
/// own private ones, which they can also share with the organization (404 for others). 412 where its version is not one that the caller
/// expects, 400 for a name that is taken and where the organization has 100 segments, 422 for a filter with errors.
/// </summary>
public sealed class ChangeSegment(FilterTerms terms, CriteriaReader reader, DatabaseSession database, TimeProvider time)
{
    private static readonly Error Outdated = new(
        ErrorKind.Stale, "version_outdated", "The segment has changed since you read it. Read it again, then repeat your change.");

    private const string UpdateSql = $"""
        UPDATE customers.segments
        SET name = $3, name_key = $4, filter = $5, changed_at = $6, changed_by = $7, version = version + 1,
            owner_id = CASE WHEN NOT $8 THEN owner_id END
        WHERE organization_id = $1 AND uid = $2 RETURNING {Segment.Columns}
        """;

    public async Task<Result<Segment>> HandleAsync(
        Caller caller, Guid uid, SegmentChanges changes, IReadOnlyCollection<long>? expectedVersions, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        if (Check(changes) is { } invalid)
        {
            return invalid;
        }

        try
        {
            return await SaveAsync(caller, uid, changes, expectedVersions, cancellationToken);
        }
        catch (Exception exception) when (UniqueViolation.Constraint(exception) is "ux_segments_private_name" or "ux_segments_shared_name")
        {
            return SegmentRows.NameTaken;
        }
    }

    private async Task<Result<Segment>> SaveAsync(
        Caller caller, Guid uid, SegmentChanges changes, IReadOnlyCollection<long>? expectedVersions, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(cancellationToken);
        if (await SegmentRows.LockAsync(database, caller, uid, cancellationToken) is not { } segment)
        {
            return SegmentRows.NotFound;
        }

        if (expectedVersions?.Contains(segment.Version) == false)
        {
            return Outdated;
        }

        var name = TextRules.NullIfBlank(changes.Name) ?? segment.Name;
        var filter = changes.Filter is null ? segment.Filter : terms.Parse(changes.Filter).Text;
        var shares = changes.Share && segment.IsPrivate;
        if (name == segment.Name && filter == segment.Filter && !shares)
        {
            return segment;
        }

        if (shares && !await HasRoomAsync(caller, cancellationToken))
        {
            return CreateSegment.TooMany;
        }

        var now = time.GetDatabaseNow();
        var changed = await database.QueryAsync(
            UpdateSql, Segment.Read, cancellationToken, segment.OrganizationId, segment.Uid, name, Folding.Key(name), filter, now,
            OptionalParameter.Of(caller.UserId ?? caller.Key?.Id, NpgsqlDbType.Uuid), shares);
        await database.AddAuditAsync(SegmentRows.Entry(caller, "segment.changed", segment, now), cancellationToken);
        return await transaction.CommitAsync(changed[0], cancellationToken);
    }

    private async Task<bool> HasRoomAsync(Caller caller, CancellationToken cancellationToken)
    {
        var everybody = OptionalParameter.Of(null, NpgsqlDbType.Uuid);
        await database.QueryAsync(CreateSegment.LockSql, row => row.Text(), cancellationToken, caller.OrganizationId, everybody.Clone());
        var count = await database.QueryAsync(
            CreateSegment.CountSql, row => row.Long(), cancellationToken, caller.OrganizationId, everybody.Clone());
        return count[0] < Segment.MaxCount;
    }

    private Error? Check(SegmentChanges changes)
    {
        var errors = new FieldErrors();
        if (changes.Name is not null && SegmentRows.ProblemOf(changes.Name) is { } problem)
        {
            errors.Add("name", problem);
        }

        foreach (var message in changes.Filter is { } filter ? reader.Problems(filter) : [])
        {
            errors.Add("filter", message);
        }

        return errors.Any ? errors.ToError() : null;
    }
}
