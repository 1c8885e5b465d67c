using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Merges;

/// <summary>Whether a merge can be undone.</summary>
public enum MergeState
{
    /// <summary>It can be undone.</summary>
    Merged,
    Undone,

    /// <summary>A person in it was erased, and with them what an undo needs.</summary>
    Erased,

    /// <summary>It was made before Patron kept what an undo needs.</summary>
    Final,
}

/// <summary>One merge: the record that was merged into the other, who did it and why, and whether it was undone.</summary>
public sealed record MergeView(
    long Id, Guid GroupId, string CustomerId, Guid CustomerUid, string AbsorbedId, Guid AbsorbedUid, DateTimeOffset MadeAt, Guid? MadeBy,
    Guid? MadeByKey, MergeEvidence Evidence, string? Reason, MergeState State, DateTimeOffset? UndoneAt, Guid? UndoneBy, Guid? UndoneByKey,
    string? UndoReason, Guid? DisabledAccount)
{
    internal const string Columns = """
        m.id, m.group_id, m.survivor_customer_id, m.survivor_uid, m.absorbed_customer_id, m.absorbed_uid, m.made_at, m.made_by, m.made_by_key, m.evidence,
        m.reason, CASE WHEN m.undone_at IS NOT NULL THEN 'undone' WHEN m.erased_at IS NOT NULL THEN 'erased' WHEN m.survivor_before IS NULL THEN 'final'
        ELSE 'merged' END, m.undone_at, m.undone_by, m.undone_by_key, m.undo_reason, m.disabled_user_id
        """;

    internal static MergeView Read(RowCursor row) => new(
        row.Long(), row.Uuid(), row.Text(), row.Uuid(), row.Text(), row.Uuid(), row.Time(), row.OptionalUuid(), row.OptionalUuid(),
        row.EnumValue<MergeEvidence>(), row.OptionalText(), row.EnumValue<MergeState>(), row.OptionalTime(), row.OptionalUuid(),
        row.OptionalUuid(), row.OptionalText(), row.OptionalUuid());
}

/// <summary>
/// The merges of the acting organization, newest first (staff, or a key with <c>customers:read</c>): all, those of a customer with
/// everything merged into it, or one. Errors: 403, 404 no such merge or customer, 422 an invalid limit.
/// </summary>
public sealed class ListMerges(CustomerStore customers, DatabaseSession database)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    internal static readonly Error NotFound = Error.NotFound(
        "merge_not_found", "There's no merge with this id. GET /api/v1/merges/ lists them.");

    private const string PageSql =
        $"SELECT {MergeView.Columns} FROM customers.merges m WHERE m.organization_id = $1 AND m.id < $2 ORDER BY m.id DESC LIMIT $3";

    private const string OneSql = $"SELECT {MergeView.Columns} FROM customers.merges m WHERE m.organization_id = $1 AND m.id = $2";

    private const string OfCustomerSql = $"""
        SELECT {MergeView.Columns} FROM customers.merges m
        WHERE m.organization_id = $1 AND (m.survivor_uid = $2 OR m.absorbed_uid = $2
            OR m.survivor_uid IN (SELECT uid FROM customers.absorbed WHERE organization_id = $1 AND merged_into = $2))
        ORDER BY m.id DESC LIMIT $3
        """;

    /// <summary>A page of merges before this id; null begins with the newest.</summary>
    public async Task<Result<IReadOnlyList<MergeView>>> HandleAsync(
        Caller caller, long? before, int limit, CancellationToken cancellationToken)
    {
        if (Refusal(caller) is { } refused)
        {
            return refused;
        }

        return limit is < 1 or > MaxLimit
            ? Error.Invalid("limit", $"Must be a number from 1 to {MaxLimit}.")
            : await database.QueryAsync(
                PageSql, MergeView.Read, cancellationToken, caller.OrganizationId, before ?? long.MaxValue, limit);
    }

    /// <summary>One merge.</summary>
    public async Task<Result<MergeView>> FindAsync(Caller caller, long id, CancellationToken cancellationToken)
    {
        if (Refusal(caller) is { } refused)
        {
            return refused;
        }

        return await FindAsync(caller.OrganizationId, id, cancellationToken) is { } merge ? merge : NotFound;
    }

    /// <summary>The merges of a customer and of all that were merged into it, also undone ones.</summary>
    public async Task<Result<IReadOnlyList<MergeView>>> OfCustomerAsync(
        Caller caller, string reference, CancellationToken cancellationToken)
    {
        if (Refusal(caller) is { } refused)
        {
            return refused;
        }

        return await customers.FindByIdAsync(caller, reference, cancellationToken) is { } customer
            ? await database.QueryAsync(OfCustomerSql, MergeView.Read, cancellationToken, customer.OrganizationId, customer.Uid, MaxLimit)
            : CustomerAccess.NotFound;
    }

    /// <summary>One merge of the organization, without a check of the caller.</summary>
    internal async Task<MergeView?> FindAsync(Guid organizationId, long id, CancellationToken cancellationToken) =>
        (await database.QueryAsync(OneSql, MergeView.Read, cancellationToken, organizationId, id)).SingleOrDefault();

    private static Error? Refusal(Caller caller) => CustomerAccess.RefuseUnlessStaff(caller, Scopes.ReadCustomers);
}
