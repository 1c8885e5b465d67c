using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Customers.Search;
using Patron.Customers.Search.Filters;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Segments;

/// <summary>A segment to create.</summary>
public sealed record NewSegment(string? Name, string? Filter, bool IsPrivate);

/// <summary>
/// Saves a filter under a name, for the caller alone or for the organization. For staff and keys with <c>customers:write</c> (403 for
/// others); only people have private segments (422). 400 for a name that is taken and for more than 100 segments, 422 for a filter with
/// errors.
/// </summary>
public sealed class CreateSegment(FilterTerms terms, CriteriaReader reader, DatabaseSession database, TimeProvider time)
{
    // A lock for each scope, so that its segments can be counted.
    internal const string LockSql =
        "SELECT pg_advisory_xact_lock(hashtextextended('segments ' || $1::text || coalesce($2::text, ''), 0))::text";

    internal const string CountSql =
        "SELECT count(*) FROM customers.segments WHERE organization_id = $1 AND owner_id IS NOT DISTINCT FROM $2";

    internal static readonly Error TooMany = Error.Rule(
        "too_many_segments", $"There can be at most {Segment.MaxCount} segments. Delete one that you don't need.");

    private const string InsertSql = $"""
        INSERT INTO customers.segments
            (uid, organization_id, owner_id, name, name_key, filter, created_at, created_by, changed_at, changed_by, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7, $8, 1) ON CONFLICT DO NOTHING RETURNING {Segment.Columns}
        """;

    public async Task<Result<Segment>> HandleAsync(Caller caller, NewSegment wanted, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        if (Check(caller, wanted) is { } invalid)
        {
            return invalid;
        }

        var owner = OptionalParameter.Of(wanted.IsPrivate ? caller.UserId : null, NpgsqlDbType.Uuid);
        await using var transaction = await database.BeginAsync(cancellationToken);
        await database.QueryAsync(LockSql, row => row.Text(), cancellationToken, caller.OrganizationId, owner.Clone());
        var count = await database.QueryAsync(CountSql, row => row.Long(), cancellationToken, caller.OrganizationId, owner.Clone());
        if (count[0] >= Segment.MaxCount)
        {
            return TooMany;
        }

        var (name, now) = (TextRules.NullIfBlank(wanted.Name)!, time.GetDatabaseNow());
        var inserted = await database.QueryAsync(
            InsertSql, Segment.Read, cancellationToken,
            Guid.CreateVersion7(), caller.OrganizationId, owner.Clone(), name, Folding.Key(name),
            terms.Parse(wanted.Filter!).Text, now, OptionalParameter.Of(caller.UserId ?? caller.Key?.Id, NpgsqlDbType.Uuid));
        if (inserted is not [var segment])
        {
            return SegmentRows.NameTaken;
        }

        await database.AddAuditAsync(SegmentRows.Entry(caller, "segment.created", segment, now), cancellationToken);
        return await transaction.CommitAsync(segment, cancellationToken);
    }

    private Error? Check(Caller caller, NewSegment wanted)
    {
        var errors = new FieldErrors();
        if (SegmentRows.ProblemOf(wanted.Name) is { } problem)
        {
            errors.Add("name", problem);
        }

        if (TextRules.NullIfBlank(wanted.Filter) is null)
        {
            errors.AddRequired("filter");
        }
        else
        {
            foreach (var message in reader.Problems(wanted.Filter!))
            {
                errors.Add("filter", message);
            }
        }

        if (wanted.IsPrivate && caller.UserId is null)
        {
            errors.Add("is_private", "Only people have private segments. Leave it out.");
        }

        return errors.Any ? errors.ToError() : null;
    }
}
