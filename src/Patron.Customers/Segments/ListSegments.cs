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

        return await database.OnReplicaAsync(
            connection => CountAsync(connection, segment, (int)limit.TotalMilliseconds, cancellationToken), cancellationToken);
    }

    private async Task<int?> CountAsync(
        NpgsqlConnection connection, Segment segment, int milliseconds, CancellationToken cancellationToken)
    {
        var criteria = new CustomerCriteria { Filter = segment.Filter };
        var conditions = await reader.ReadAsync(connection, segment.OrganizationId, criteria, accounts: null, cancellationToken);
        var count = conditions.Command(
            $"""
            SELECT count(*)::int FROM (SELECT FROM customers.customers WHERE {conditions.Sql} LIMIT {ExactUpTo + 1}) found
            """);
        // The limit holds until the end of the batch, which is one transaction.
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { Limit(milliseconds), count } };
        try
        {
            await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
            await rows.NextResultAsync(cancellationToken);
            await rows.ReadAsync(cancellationToken);
            return rows.GetInt32(0);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            return null;
        }
    }

    private static NpgsqlBatchCommand Limit(int milliseconds) => DatabaseQueries.BatchCommand(
        "SELECT set_config('statement_timeout', $1, true)", milliseconds.ToString(CultureInfo.InvariantCulture));
}
