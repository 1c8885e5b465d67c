using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Patron.Customers.Customers;
using Patron.Customers.Search;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Segments;

/// <summary>
/// Lists the caller's private segments and those of the acting organization, by name, with how many customers each has now: exact up to
/// 10 000. Counting takes at most about two seconds together, or as long as the caller waits; where it takes longer the number is null. For
/// staff and keys with <c>customers:read</c> (403 for others).
/// </summary>
public sealed class ListSegments(CriteriaReader reader, DatabaseSession database)
{
    /// <summary>Counts up to here are exact.</summary>
    public const int ExactUpTo = 10_000;

    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(2);

    public async Task<Result<IReadOnlyList<CountedSegment>>> HandleAsync(
        Caller caller, CancellationToken cancellationToken, TimeSpan? patience = null)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        return await CountAsync(await SegmentRows.ListAsync(database, caller, cancellationToken), patience ?? MaxTime, cancellationToken);
    }

    /// <summary>One of them; 404 for an unknown one and for a private one of another person.</summary>
    public async Task<Result<CountedSegment>> FindAsync(Caller caller, Guid uid, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        return await SegmentRows.FindAsync(database, caller, uid, cancellationToken) is { } segment
            ? (await CountAsync([segment], MaxTime, cancellationToken))[0]
            : SegmentRows.NotFound;
    }

    private async Task<CountedSegment[]> CountAsync(List<Segment> segments, TimeSpan patience, CancellationToken cancellationToken)
    {
        var counted = new List<CountedSegment>();
        var watch = Stopwatch.StartNew();
        await using var transaction = await database.BeginAsync(cancellationToken);
        foreach (var segment in segments)
        {
            var problem = reader.Problems(segment.Filter) is [var first, ..] ? first : null;
            var count = problem is null ? await CountAsync(segment, patience - watch.Elapsed, cancellationToken) : null;
            counted.Add(new CountedSegment(segment, count is null ? null : Math.Min(count.Value, ExactUpTo), count <= ExactUpTo, problem));
        }

        return [.. counted];
    }

    // Null where it takes longer.
    private async Task<int?> CountAsync(Segment segment, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (limit < TimeSpan.FromMilliseconds(1))
        {
            return null;
        }

        // The limit holds for the savepoint: ending it restores what was before.
        await using var savepoint = await database.BeginAsync(cancellationToken);
        var milliseconds = ((int)limit.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        await database.ExecuteAsync($"SET LOCAL statement_timeout = {milliseconds}", cancellationToken);
        try
        {
            var criteria = new CustomerCriteria { Filter = segment.Filter };
            var conditions = await reader.ReadAsync(
                database.Connection, segment.OrganizationId, criteria, accounts: null, cancellationToken);
            await using var batch = new NpgsqlBatch(database.Connection);
            batch.BatchCommands.Add(conditions.Command(
                $"""
                SELECT count(*)::int FROM (SELECT FROM customers.customers WHERE {conditions.Sql} LIMIT {ExactUpTo + 1}) found
                """));
            return (int)(await batch.ExecuteScalarAsync(cancellationToken))!;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            return null;
        }
    }
}
