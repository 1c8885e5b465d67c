using Npgsql;
using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Segments;

/// <summary>Finds and locks the segments that a caller sees: those of the acting organization, and their own private ones.</summary>
internal static class SegmentRows
{
    public static readonly Error NotFound = Error.NotFound("segment_not_found", "There's no such segment.");

    public static readonly Error NameTaken = Error.Rule("segment_exists", "There's a segment with this name already. Choose another name.");

    private const string IsSeen = "organization_id = $1 AND (owner_id IS NULL OR owner_id = $2)";

    private const string ListSql = $"""
        SELECT {Segment.Columns} FROM customers.segments WHERE {IsSeen} ORDER BY owner_id IS NULL, name COLLATE "und-x-icu", id
        """;

    private const string FindSql = $"SELECT {Segment.Columns} FROM customers.segments WHERE {IsSeen} AND uid = $3";

    public static Task<List<Segment>> ListAsync(DatabaseSession database, Caller caller, CancellationToken cancellationToken) =>
        database.QueryAsync(ListSql, Segment.Read, cancellationToken, caller.OrganizationId, Owner(caller));

    public static async Task<Segment?> FindAsync(
        DatabaseSession database, Caller caller, Guid uid, CancellationToken cancellationToken) =>
        (await database.QueryAsync(FindSql, Segment.Read, cancellationToken, caller.OrganizationId, Owner(caller), uid)).SingleOrDefault();

    /// <summary>Locks the segment until the transaction ends.</summary>
    public static async Task<Segment?> LockAsync(
        DatabaseSession database, Caller caller, Guid uid, CancellationToken cancellationToken) =>
        (await database.QueryAsync($"{FindSql} FOR UPDATE", Segment.Read, cancellationToken, caller.OrganizationId, Owner(caller), uid))
            .SingleOrDefault();

    /// <summary>Null where the name can be used, else an error about the field <c>name</c>.</summary>
    public static string? ProblemOf(string? name) => TextRules.NullIfBlank(name) is not { } trimmed
        ? FieldErrors.Required
        : CustomerRules.Text(trimmed, Segment.MaxNameLength);

    /// <summary>An audit entry, without the name and the filter, which can name people.</summary>
    public static AuditEntry Entry(Caller caller, string action, Segment segment, DateTimeOffset now) =>
        AuditEntry.For(caller, action, "segment", segment.Uid, now, segment.OrganizationId);

    private static NpgsqlParameter Owner(Caller caller) => OptionalParameter.Of(caller.UserId, NpgsqlDbType.Uuid);
}
