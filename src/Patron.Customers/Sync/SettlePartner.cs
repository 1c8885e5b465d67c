using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Sync;

/// <summary>What staff say of a partner that is in conflict.</summary>
public enum Settlement
{
    /// <summary>It is one more partner of the same customer; another one goes on owning the customer's values.</summary>
    Keep,

    /// <summary>The customer is this partner's from now on: the next sync brings its values.</summary>
    Take,

    /// <summary>It is nobody's: it is skipped from now on.</summary>
    Ignore,
}

/// <summary>
/// Settles a conflict of the sync (linking.md, 'Sync, ledger and figures'), for staff of the home organization. Errors: 403 for others, 404 no such
/// partner, 400 for one that is in no conflict, whose customer is gone, or whose person was erased.
/// </summary>
public sealed class SettlePartner(CustomerStore customers, DatabaseSession database, HomeOrganization home, TimeProvider time)
{
    private const string FindSql = $"SELECT {Partner.Columns} FROM customers.erp_partners p WHERE p.organization_id = $1 AND p.partner_id = $2";

    private const string SettleSql = """
        UPDATE customers.erp_partners SET state = $3, reason = $4, customer_uid = $5 WHERE organization_id = $1 AND partner_id = $2
        """;

    private static readonly Error NoSuchPartner = Error.NotFound("The sync knows no such partner. GET /api/portal/sync/partners/?state=conflict lists those that wait for you.");
    private static readonly Error Erased = Error.Rule("The person of this partner was erased, and no sync brings them back. If they are a customer again, enter them anew.");
    private static readonly Error NoConflict = Error.Rule("This partner is in no conflict (any more): there is nothing to settle.");
    private static readonly Error NoCustomer = Error.Rule("The customer of this partner is gone; ignore the partner, or let the next sync decide.");

    public async Task<Result<PartnerView>> HandleAsync(Caller caller, long partnerId, Settlement settlement, CancellationToken cancellationToken)
    {
        if (ListPartners.RefuseOthers(caller, home, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        // The customer before the ledger's line, as the sync does.
        await using var transaction = await database.BeginAsync(cancellationToken);
        var uid = (await FindAsync(partnerId, FindSql, cancellationToken))?.CustomerUid;
        var customer = uid is { } named ? (await customers.LockAllAsync(caller, [named.ToString()], cancellationToken)).SingleOrDefault() : null;
        if (await FindAsync(partnerId, FindSql + " FOR UPDATE", cancellationToken) is not { } partner)
        {
            return NoSuchPartner;
        }

        if (partner.State == PartnerState.Erased)
        {
            return Erased;
        }

        if (partner.State != PartnerState.Conflict || partner.CustomerUid != uid)
        {
            return NoConflict;
        }

        if (settlement == Settlement.Take && customer is null)
        {
            return NoCustomer;
        }

        var now = time.GetDatabaseNow();
        var settled = Settled(partner, settlement);
        await database.ExecuteAsync(
            SettleSql, cancellationToken, home.Id, partnerId, Words<PartnerState>.Of(settled.State), OptionalParameter.Of(settled.Reason, NpgsqlDbType.Text),
            OptionalParameter.Of(settled.CustomerUid, NpgsqlDbType.Uuid));
        if (customer is not null)
        {
            var action = $"customer.partner_{Words<Settlement>.Of(settlement)}";
            await database.AddAuditAsync(AuditEntry.For(caller, action, "customer", customer.Uid, now, home.Id, after: $$"""{"partner_id": {{partnerId}}}"""), cancellationToken);
            if (Follow(customer, partner, settlement, now) && (await customers.SaveAsync(customer, [], cancellationToken)).Error is { } taken)
            {
                return taken;
            }
        }

        return await transaction.CommitAsync(new PartnerView(settled, customer), cancellationToken);
    }

    // One of several partners of its customer, and that is right; or the one that owns it, read anew by the next run; or nobody's.
    private static Partner Settled(Partner partner, Settlement settlement) => settlement switch
    {
        Settlement.Keep => partner with { State = PartnerState.Current, Reason = null },
        Settlement.Take => partner with { State = PartnerState.Unseen, Reason = null },
        _ => partner with { State = PartnerState.Skipped, Reason = Words<SkipReason>.Of(SkipReason.SetAside), CustomerUid = null },
    };

    private static bool Follow(Customer customer, Partner partner, Settlement settlement, DateTimeOffset now)
    {
        if (settlement == Settlement.Take)
        {
            customer.AssignPartner(partner.PartnerId, now);
        }

        if (settlement == Settlement.Ignore && customer.ErpPartnerId == partner.PartnerId)
        {
            customer.LeaveErp(now);
        }

        return settlement != Settlement.Keep;
    }

    private async Task<Partner?> FindAsync(long partnerId, string sql, CancellationToken cancellationToken) =>
        (await database.QueryAsync(sql, Partner.Read, cancellationToken, home.Id, partnerId)).SingleOrDefault();
}
