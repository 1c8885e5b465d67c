using System.Globalization;
using Patron.Customers.Customers;
using Patron.Linking.Timeline;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Linking.AuditSearch;

/// <summary>
/// Searches the audit log, newest first: staff and keys with <c>customers:read</c> find the entries of the organization they act in (403
/// for others), administrators also those of all. Addresses and devices are for staff of home. 422 for conditions that are none.
/// </summary>
public sealed class SearchAudit(LocateCustomer locate, DatabaseSession database, HomeOrganization home)
{
    private static readonly Error AdminsOnly = Error.Forbidden(
        "admin_required", "Only an administrator can search the entries of all organizations.");

    // The order decides about the index: each ends in the time and the id, but that of causes, whose entries come one after the other.
    private const string ByTime = "at DESC, id DESC";
    private const string ByNumber = "id DESC";

    private const string Sql = """
        SELECT t.id, t.at, t.action, t.subject_type, t.subject_id, t.organization_id, t.actor_user_id, t.actor_key_id, t.cause,
            t.before::text, t.after::text, t.address, t.user_agent,
            coalesce(k.name, nullif(btrim(concat(u.first_name, ' ', u.last_name)), '')),
            nullif(c.name, ''), nullif(btrim(concat(s.first_name, ' ', s.last_name)), '')
        FROM (SELECT a.* FROM shared.audit_entries a WHERE {0} ORDER BY {1} LIMIT $1) t
        LEFT JOIN accounts.api_keys k ON k.id = t.actor_key_id
        LEFT JOIN accounts.users u ON u.id = t.actor_user_id
        LEFT JOIN customers.customers c ON t.subject_type = 'customer' AND c.uid = t.subject_id AND c.organization_id = t.organization_id
        LEFT JOIN accounts.users s ON t.subject_type = 'account' AND s.id = t.subject_id
        ORDER BY {1}
        """;

    public async Task<Result<AuditPage>> HandleAsync(Caller caller, AuditQuery query, CancellationToken cancellationToken)
    {
        if ((RefusalOf(caller, query) ?? query.Check()) is { } refused)
        {
            return refused;
        }

        var rows = await PageAsync(caller, query, cancellationToken);
        var hasMore = rows.Count > query.Limit;
        return new AuditPage(hasMore ? rows[..query.Limit] : rows, hasMore ? rows[query.Limit - 1].Id : null);
    }

    private static Error? RefusalOf(Caller caller, AuditQuery query) =>
        CustomerAccess.RefuseUnlessStaff(caller, Scopes.ReadCustomers) ?? (query.IsEverywhere && !caller.IsAdmin ? AdminsOnly : null);

    private async Task<List<AuditRow>> PageAsync(Caller caller, AuditQuery query, CancellationToken cancellationToken)
    {
        var values = new List<object> { query.Limit + 1 };
        var conditions = new List<string>();
        if (!query.IsEverywhere)
        {
            Add("a.organization_id = {0}", caller.OrganizationId);
        }

        if (query.Subject is { } subject)
        {
            Add("a.subject_id = {0}", Guid.TryParse(subject, out var uid) ? uid : await locate.ResolveUidAsync(subject, cancellationToken));
        }

        Add("coalesce(a.actor_user_id, a.actor_key_id) = {0}", query.Actor);
        Add(
            "coalesce(a.actor_user_id, a.actor_key_id) = (SELECT id FROM accounts.users WHERE normalized_email = {0})",
            query.ActorEmail is { } email ? EmailAddress.KeyOf(email) : null);
        Add("a.cause = {0}", query.Cause);
        Add("starts_with(a.action, {0})", query.Action);
        Add("a.at >= {0}", query.From?.ToUniversalTime());
        Add("a.at < {0}", query.To?.ToUniversalTime());
        var after = TimelineCursor.TryParse(query.Cursor, out var place) ? place : TimelineCursor.Start;
        if (query.Cause is null)
        {
            Add("a.at <= {0}", after.At); // The partitions of later months are not read.
            Add($"(a.at, a.id) < (${values.Count.ToString(CultureInfo.InvariantCulture)}, {{0}})", after.Id);
        }
        else
        {
            Add("a.id < {0}", after.Id);
        }

        var sql = Sql.Replace("{0}", string.Join(" AND ", conditions), StringComparison.Ordinal)
            .Replace("{1}", query.Cause is null ? ByTime : ByNumber, StringComparison.Ordinal);
        var isHome = caller.IsStaffOf(home.Id);
        return await database.QueryPageOnReplicaAsync(sql, row => Read(row, isHome), query.Limit, cancellationToken, [.. values]);

        void Add(string condition, object? value)
        {
            if (value is not null)
            {
                values.Add(value);
                var name = $"${values.Count.ToString(CultureInfo.InvariantCulture)}";
                conditions.Add(condition.Replace("{0}", name, StringComparison.Ordinal));
            }
        }
    }

    private static AuditRow Read(RowCursor row, bool isHome)
    {
        var (id, at, action, type, subject) = (row.Long(), row.Time(), row.Text(), row.Text(), row.Uuid());
        var (organization, user, key, cause) = (row.OptionalUuid(), row.OptionalUuid(), row.OptionalUuid(), row.OptionalText());
        var (before, after, address, device) = (row.OptionalText(), row.OptionalText(), row.OptionalText(), row.OptionalText());
        var actor = TimelineActor.Of(user, key, cause, row.OptionalText(), type == "account" ? subject : null);
        var (customer, account) = (row.OptionalText(), row.OptionalText());
        return new AuditRow(
            new TimelineCursor(at, 0, id).ToString(), at, action, type, subject, organization, actor, cause, before, after)
        {
            SubjectName = customer ?? (isHome ? account : null), Address = isHome ? address : null, UserAgent = isHome ? device : null,
        };
    }
}
