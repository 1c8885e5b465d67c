using Patron.Customers.Customers;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Inbox;
using Patron.Shared.Results;

namespace Patron.Customers.Links;

/// <summary>An open offer as staff see it: the record, the account that was named by its id, who made it, and the expiry.</summary>
public sealed record StaffOffer(long Id, Customer Customer, Guid UserId, DateTimeOffset MadeAt, Guid? MadeBy, DateTimeOffset ExpiresAt);

/// <summary>The offer that an item of the kind <see cref="InboxKind.OfferExpiring"/> is about.</summary>
public sealed record OfferDetails(StaffOffer Offer) : InboxDetails;

/// <summary>
/// Keeps an open offer for another 30 days, or withdraws it: staff and keys with <c>customers:write</c> (403 for others). Only offers
/// to an account that was named by its id: of others nobody may learn whether there is an account. 404 for an offer that is not open.
/// </summary>
public sealed class ExtendOffer(CustomerStore customers, DatabaseSession database, TimeProvider time) : IInboxReader
{
    private const string OpenSql =
        "o.organization_id = $1 AND o.id = $2 AND o.state = 'offered' AND o.named_by = 'user' AND o.expires_at > $3";

    private const string Columns = "o.id, o.customer_uid, o.user_id, o.made_at, o.made_by, o.expires_at";

    private const string FindSql = $"SELECT {Columns} FROM customers.offers o WHERE {OpenSql}";

    private const string ExtendSql = $"UPDATE customers.offers o SET expires_at = $4 WHERE {OpenSql} RETURNING {Columns}";

    private const string WithdrawSql =
        $"UPDATE customers.offers o SET state = 'withdrawn', answered_at = $3 WHERE {OpenSql} RETURNING {Columns}";

    // Worker's statement: open offers of the last three days that can still be accepted (Shared, Inbox/ExpiringItems.cs).
    private const string ExpiringSql = """
        INSERT INTO shared.inbox_items (organization_id, kind, source, customer_uid, created_at, due_at)
        SELECT o.organization_id, 'offer_expiring', o.id::text, o.customer_uid, $1, o.expires_at FROM customers.offers o
        JOIN customers.customers c
            ON c.organization_id = o.organization_id AND c.uid = o.customer_uid AND NOT c.is_deleted AND c.user_id IS NULL
        WHERE o.state = 'offered' AND o.named_by = 'user' AND o.expires_at > $1 AND o.expires_at <= $1::timestamptz + interval '3 days'
        ORDER BY o.expires_at ON CONFLICT (kind, source) DO NOTHING
        """;

    private static readonly Error NotFound = Error.NotFound("offer_not_found", "There's no open offer with this id.");

    /// <summary>Adds items for offers that expire soon.</summary>
    public static ExpiringItems Expiring { get; } = new(ExpiringSql);

    public Task<Result<StaffOffer>> HandleAsync(Caller caller, long id, CancellationToken cancellationToken) =>
        ChangeAsync(caller, id, "customer.offer_extended", ExtendSql, cancellationToken, time.GetDatabaseNow() + Offer.Lifetime);

    /// <summary>Withdraws the offer.</summary>
    public Task<Result<StaffOffer>> WithdrawAsync(Caller caller, long id, CancellationToken cancellationToken) =>
        ChangeAsync(caller, id, "customer.offer_withdrawn", WithdrawSql, cancellationToken);

    public bool CanRead(InboxItem item) => item.Kind == InboxKind.OfferExpiring;

    public async Task<Result<InboxDetails>> ReadAsync(Caller caller, InboxItem item, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        var id = long.Parse(item.Source, System.Globalization.CultureInfo.InvariantCulture);
        return (await RunAsync(caller, FindSql, cancellationToken, id, time.GetDatabaseNow()))
            .Select<InboxDetails>(offer => new OfferDetails(offer));
    }

    private async Task<Result<StaffOffer>> ChangeAsync(
        Caller caller, long id, string action, string sql, CancellationToken cancellationToken, params object[] values)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        var now = time.GetDatabaseNow();
        await using var transaction = await database.BeginAsync(cancellationToken);
        var changed = await RunAsync(caller, sql, cancellationToken, [id, now, .. values]);
        if (changed.Error is null)
        {
            await database.AddAuditAsync(
                AuditEntry.For(caller, action, "customer", changed.Value.Customer.Uid, now, caller.OrganizationId), cancellationToken);
        }

        return await transaction.CommitAsync(changed, cancellationToken);
    }

    private async Task<Result<StaffOffer>> RunAsync(Caller caller, string sql, CancellationToken cancellationToken, params object[] values)
    {
        var found = await database.QueryAsync(
            sql,
            row => (
                Id: row.Long(), Customer: row.Uuid(), User: row.Uuid(), MadeAt: row.Time(), MadeBy: row.OptionalUuid(), ExpiresAt: row.Time()),
            cancellationToken, [caller.OrganizationId, .. values]);
        if (found is not [var offer])
        {
            return NotFound;
        }

        var named = await customers.FindAllAsync(caller.OrganizationId, [offer.Customer], cancellationToken);
        return named.TryGetValue(offer.Customer, out var customer)
            ? new StaffOffer(
                offer.Id, customer.ForReader(CustomerAccess.ReaderOf(caller)), offer.User, offer.MadeAt, offer.MadeBy, offer.ExpiresAt)
            : NotFound;
    }
}
