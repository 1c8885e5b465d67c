using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Erp.Partners;

/// <summary>A decision of staff about a partner.</summary>
public enum Settlement
{
    /// <summary>It is an additional partner of the same customer; another partner keeps owning the customer's values.</summary>
    Keep,

    /// <summary>Links the customer to this partner; the next sync writes its values.</summary>
    Take,

    /// <summary>Skips the partner from now on. For a gone partner: no action is needed.</summary>
    Ignore,

    /// <summary>Merges its customer with the one that has its address since it is gone.</summary>
    Merge,
}

/// <summary>
/// Settles a partner that needs a decision by staff of the home organization (linking.md, 'Sync' and 'Amended'). Errors: 403 for others,
/// 404 no such partner, 400 where the decision does not apply to it, its customer is gone, or its person was erased.
/// </summary>
public sealed class SettlePartner(
    ErpCustomers customers, DatabaseSession database, HomeOrganization home, TimeProvider time, IErpConnector? connector = null)
{
    private const string FindSql =
        $"SELECT p.source, {Partner.Columns} FROM erp.partners p WHERE p.organization_id = $1 AND p.external_id = $2 AND ($3::text IS NULL OR p.source = $3) ORDER BY p.source LIMIT 1";

    private const string SettleSql = """
        UPDATE erp.partners SET state = $4, reason = $5, customer_uid = $6, successor_uid = NULL WHERE organization_id = $1 AND source = $2 AND external_id = $3
        """;

    private static readonly Error NoSuchPartner = Error.NotFound(
        "partner_not_found", "There's no partner with this id. GET /api/portal/sync/partners/?waiting=true lists those that need a decision.");
    private static readonly Error Erased = Error.Rule(
        "partner_erased", "The person behind this partner was erased, and no sync brings them back. If they're a customer again, create them again.");
    private static readonly Error NothingToSettle = Error.Rule(
        "nothing_to_settle", "This partner doesn't need this decision, or no longer does. Read it again, then decide.");
    private static readonly Error NoCustomer = Error.Rule(
        "customer_not_found", "This partner's customer no longer exists. Ignore the partner, or let the next sync decide.");

    public async Task<Result<PartnerView>> HandleAsync(
        Caller caller, string partnerId, Settlement settlement, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessHomeStaff(caller, home, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        // Lock order: customers by number, then the ledger.
        await using var transaction = await database.BeginAsync(cancellationToken);
        var unlocked = await FindAsync(partnerId, FindSql, cancellationToken);
        Guid[] uids = [
            .. new[]
                { unlocked?.Partner.CustomerUid, settlement == Settlement.Merge ? unlocked?.Partner.SuccessorUid : null }.OfType<Guid>()];
        var locked = (await customers.FindAsync(caller, uids, [], cancellationToken)).ToDictionary(one => one.Uid);
        if (await FindAsync(partnerId, FindSql + " FOR UPDATE", cancellationToken) is not var (source, partner))
        {
            return NoSuchPartner;
        }

        if (partner.State == PartnerState.Erased)
        {
            return Erased;
        }

        if (partner.CustomerUid != unlocked?.Partner.CustomerUid || partner.SuccessorUid != unlocked?.Partner.SuccessorUid
            || partner.Status.Settle(settlement, partner.SuccessorUid is not null) is not { } status)
        {
            return NothingToSettle;
        }

        var customer = partner.CustomerUid is { } uid ? locked.GetValueOrDefault(uid) : null;
        if (settlement is not Settlement.Ignore && customer is null)
        {
            return NoCustomer;
        }

        var settled =
            partner with
                { State = status.State, Reason = status.Reason, CustomerUid = settlement is Settlement.Keep or Settlement.Take
                    ? partner.CustomerUid : null, SuccessorUid = null };
        await database.ExecuteAsync(
            SettleSql, cancellationToken, home.Id, source, partnerId, EnumNames<PartnerState>.Of(status.State),
            OptionalParameter.Of(status.Reason, NpgsqlDbType.Text),
            OptionalParameter.Of(settled.CustomerUid, NpgsqlDbType.Uuid));
        if (customer is not null)
        {
            var action = $"customer.partner_{EnumNames<Settlement>.Of(settlement)}";
            await database.AddAuditAsync(
                AuditEntry.For(caller, action, "customer", customer.Uid, time.GetDatabaseNow(), home.Id, after: ToAuditJson(partnerId)),
                cancellationToken);
            var applied = await ApplyToCustomerAsync(
                caller, customer, new PartnerKey(source, partnerId), settlement,
                partner.SuccessorUid is { } other ? locked.GetValueOrDefault(other) : null, cancellationToken);
            if (!applied.Succeeded(out customer, out var taken))
            {
                return taken;
            }
        }

        return await transaction.CommitAsync(
            new PartnerView(settled, customer, Successor: null, connector?.FindLink(partnerId)), cancellationToken);
    }

    // The effect of the decision on the customer.
    private async Task<Result<Customer>> ApplyToCustomerAsync(
        Caller caller, Customer customer, PartnerKey partner, Settlement settlement, Customer? successor,
        CancellationToken cancellationToken)
    {
        switch (settlement)
        {
            case Settlement.Take:
                customer.AssignPartner(partner, time.GetDatabaseNow());
                return await customers.SaveAsync(customer, cancellationToken);
            case Settlement.Ignore when customer.Partner == partner:
                customer.UnlinkPartner(time.GetDatabaseNow());
                return await customers.SaveAsync(customer, cancellationToken);
            case Settlement.Merge when successor is not null:
                return await customers.MergeAsync(caller, successor, customer, cancellationToken);
            default:
                return customer;
        }
    }

    private static string ToAuditJson(string partnerId) =>
        new System.Text.Json.Nodes.JsonObject { ["partner_id"] = partnerId }.ToJsonString();

    private async Task<(string Source, Partner Partner)?> FindAsync(string partnerId, string sql, CancellationToken cancellationToken)
    {
        var found = await database.QueryAsync(
            sql, row =>
                (row.Text(),
                    Partner.Read(row)), cancellationToken, home.Id, InputText.Storable(partnerId), OptionalParameter.Of(connector?.Source,
                    NpgsqlDbType.Text));
        return found.Count == 0 ? null : found[0];
    }
}
