using NpgsqlTypes;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Text;

namespace Patron.Shared.Inbox;

/// <summary>Whose items are listed.</summary>
public enum InboxAssignment
{
    All,
    Mine,
    Unassigned,
}

/// <summary>Which items are listed: of these kinds (all if it is empty), by assignment, with or without those that sleep.</summary>
public sealed record InboxFilter
{
    public IReadOnlyList<InboxKind> Kinds { get; init; } = [];

    public InboxAssignment Assigned { get; init; }

    public bool WithSnoozed { get; init; }
}

/// <summary>
/// The rows of <c>shared.inbox_items</c>. Items come and go by triggers on the tables of their modules
/// (Database/Migrations/0011_inbox.sql). Every query is limited to the organization of the caller; administrators of home also see items of
/// the installation.
/// </summary>
public sealed class InboxItems(DatabaseSession database, HomeOrganization home, TimeProvider time)
{
    private const string MineSql = "(i.organization_id = $1 OR ($2 AND i.organization_id IS NULL))";

    // $3 is the time, $4 whose, $5 the caller, $6 whether those that sleep are included.
    private const string ShownSql = """
        (i.due_at IS NULL OR i.due_at > $3) AND ($6 OR i.snoozed_until IS NULL OR i.snoozed_until <= $3)
        AND ($4 = 'all' OR ($4 = 'mine' AND i.assigned_to = $5) OR ($4 = 'unassigned' AND i.assigned_to IS NULL))
        """;

    private const string CountSql = $"SELECT i.kind, count(*) FROM shared.inbox_items i WHERE {MineSql} AND {ShownSql} GROUP BY i.kind";

    // A few rows of each kind along ix_inbox_items_page, however many there are of another one.
    private const string PageSql = $"""
        SELECT {InboxItem.Columns} FROM unnest($7::text[]) AS wanted (kind) CROSS JOIN LATERAL (
            (SELECT i.* FROM shared.inbox_items i
            WHERE i.organization_id = $1 AND i.kind = wanted.kind AND i.id > $8 AND {ShownSql} ORDER BY i.id LIMIT $9)
            UNION ALL
            (SELECT i.* FROM shared.inbox_items i
            WHERE $2 AND i.organization_id IS NULL AND i.kind = wanted.kind AND i.id > $8 AND {ShownSql} ORDER BY i.id LIMIT $9)) i
        ORDER BY i.id LIMIT $9
        """;

    private const string FindSql = $"SELECT {InboxItem.Columns} FROM shared.inbox_items i WHERE i.id = $3 AND {MineSql}";

    private const string AssignSql = $"""
        UPDATE shared.inbox_items i SET assigned_to = $4, assigned_at = $5, version = i.version + 1
        WHERE i.id = $3 AND {MineSql} AND i.assigned_to IS NULL RETURNING {InboxItem.Columns}
        """;

    private const string ReleaseSql = $"""
        UPDATE shared.inbox_items i SET assigned_to = NULL, assigned_at = NULL, version = i.version + 1
        WHERE i.id = $3 AND {MineSql} AND i.assigned_to = $4 RETURNING {InboxItem.Columns}
        """;

    private const string SnoozeSql = $"""
        UPDATE shared.inbox_items i SET snoozed_until = $4, version = i.version + 1
        WHERE i.id = $3 AND {MineSql} AND (i.assigned_to IS NULL OR i.assigned_to = $5) RETURNING {InboxItem.Columns}
        """;

    private const string RemoveSql =
        $"DELETE FROM shared.inbox_items i WHERE i.id = $3 AND {MineSql} AND i.kind = ANY ($4) RETURNING {InboxItem.Columns}";

    private const string PutSql = """
        INSERT INTO shared.inbox_items (organization_id, kind, source, customer_uid, created_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (kind, source) DO NOTHING
        """;

    /// <summary>The number of shown items of each kind that has any.</summary>
    public async Task<IReadOnlyDictionary<InboxKind, long>> CountAsync(
        Caller caller, InboxFilter filter, CancellationToken cancellationToken) =>
        (await database.QueryAsync(
            CountSql, row => KeyValuePair.Create(row.EnumValue<InboxKind>(), row.Long()), cancellationToken, FilterOf(caller, filter)))
            .ToDictionary();

    /// <summary>The items after this one, oldest first.</summary>
    public Task<List<InboxItem>> PageAsync(
        Caller caller, InboxFilter filter, long after, int limit, CancellationToken cancellationToken)
    {
        var kinds = filter.Kinds.Count == 0 ? Enum.GetValues<InboxKind>() : filter.Kinds;
        return database.QueryAsync(
            PageSql, InboxItem.Read, cancellationToken,
            [.. FilterOf(caller, filter), kinds.Distinct().Select(kind => EnumNames<InboxKind>.Of(kind)).ToArray(), after, limit]);
    }

    /// <summary>The item; null where there is none for the caller.</summary>
    public async Task<InboxItem?> FindAsync(Caller caller, long id, CancellationToken cancellationToken) =>
        (await database.QueryAsync(FindSql, InboxItem.Read, cancellationToken, caller.OrganizationId, SeesAll(caller), id))
            .SingleOrDefault();

    /// <summary>Assigns an item that nobody has; null where somebody has it, or there is none. Of many at once one succeeds.</summary>
    public async Task<InboxItem?> TryAssignAsync(Caller caller, long id, Guid userId, CancellationToken cancellationToken) =>
        (await database.QueryAsync(
            AssignSql, InboxItem.Read, cancellationToken, caller.OrganizationId, SeesAll(caller), id, userId, time.GetDatabaseNow()))
            .SingleOrDefault();

    /// <summary>Releases an item that this person has; null where they don't have it.</summary>
    public async Task<InboxItem?> TryReleaseAsync(Caller caller, long id, Guid userId, CancellationToken cancellationToken) =>
        (await database.QueryAsync(ReleaseSql, InboxItem.Read, cancellationToken, caller.OrganizationId, SeesAll(caller), id, userId))
            .SingleOrDefault();

    /// <summary>Hides an item until then, or shows it again; null where somebody else has it, or there is none.</summary>
    public async Task<InboxItem?> TrySnoozeAsync(
        Caller caller, long id, DateTimeOffset? until, CancellationToken cancellationToken) =>
        (await database.QueryAsync(
            SnoozeSql, InboxItem.Read, cancellationToken, caller.OrganizationId, SeesAll(caller), id,
            OptionalParameter.Of(until, NpgsqlDbType.TimestampTz), OptionalParameter.Of(caller.UserId, NpgsqlDbType.Uuid))).SingleOrDefault();

    /// <summary>Removes an item of one of these kinds, and returns it; null where there is none.</summary>
    public async Task<InboxItem?> RemoveAsync(
        Caller caller, long id, IReadOnlyCollection<InboxKind> kinds, CancellationToken cancellationToken) =>
        (await database.QueryAsync(
            RemoveSql, InboxItem.Read, cancellationToken, caller.OrganizationId, SeesAll(caller), id,
            kinds.Select(kind => EnumNames<InboxKind>.Of(kind)).ToArray())).SingleOrDefault();

    /// <summary>Adds an item about a customer, unless there is one.</summary>
    public Task PutAsync(
        Guid organizationId, InboxKind kind, string source, Guid customer, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ExecuteAsync(PutSql, cancellationToken, organizationId, EnumNames<InboxKind>.Of(kind), source, customer, now);

    private object[] FilterOf(Caller caller, InboxFilter filter) =>
    [
        caller.OrganizationId, SeesAll(caller), time.GetDatabaseNow(), EnumNames<InboxAssignment>.Of(filter.Assigned),
        OptionalParameter.Of(caller.UserId, NpgsqlDbType.Uuid), filter.WithSnoozed,
    ];

    private bool SeesAll(Caller caller) => caller.IsAdmin && caller.OrganizationId == home.Id;
}
