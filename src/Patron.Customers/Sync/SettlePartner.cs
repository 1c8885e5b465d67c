using Microsoft.EntityFrameworkCore;
using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

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
/// partner, 400 for one that is in no conflict, or whose customer is gone.
/// </summary>
public sealed class SettlePartner(CustomersContext context, CustomerEditor editor, DatabaseSession session, HomeOrganization home, TimeProvider time)
{
    private static readonly Error NoSuchPartner = Error.NotFound("The sync knows no such partner. GET /api/portal/sync/partners/?state=conflict lists those that wait for you.");
    private static readonly Error NoConflict = Error.Rule("This partner is in no conflict (any more): there is nothing to settle.");
    private static readonly Error NoCustomer = Error.Rule("The customer of this partner is gone; ignore the partner, or let the next sync decide.");

    public async Task<Result<PartnerView>> HandleAsync(Caller caller, long partnerId, Settlement settlement, CancellationToken cancellation) =>
        ListPartners.RefuseStrangers(caller, home, Scopes.WriteCustomers) is { } refused
            ? refused
            : await session.InTransactionAsync(() => SettleAsync(caller, partnerId, settlement, cancellation), cancellation);

    private async Task<Result<PartnerView>> SettleAsync(Caller caller, long partnerId, Settlement settlement, CancellationToken cancellation)
    {
        // The customer before the ledger's line, as the sync does.
        var uid = await context.Partners.Where(row => row.PartnerId == partnerId).Select(row => row.CustomerUid).SingleOrDefaultAsync(cancellation);
        var customer = uid is { } id ? (await context.LockAllAsync(session, caller, [id.ToString()], cancellation)).SingleOrDefault() : null;
        var partner = await context.Partners.FromTable($"WHERE partner_id = {partnerId} FOR UPDATE").SingleOrDefaultAsync(cancellation);
        if (partner is null)
        {
            return NoSuchPartner;
        }

        if (partner.State != PartnerState.Conflict || partner.CustomerUid != uid)
        {
            return NoConflict;
        }

        switch (settlement)
        {
            case Settlement.Ignore:
                partner.SetAside();
                if (customer?.ErpPartnerId == partner.PartnerId)
                {
                    customer.LeaveErp(time.GetDatabaseNow());
                }

                break;
            case Settlement.Keep:
                partner.Keep();
                break;
            case Settlement.Take when customer is not null:
                partner.Take();
                customer.BelongTo(partner.PartnerId, time.GetDatabaseNow());
                break;
            default:
                return NoCustomer;
        }

        if (customer is null)
        {
            await context.SaveChangesAsync(cancellation);
            return new PartnerView(partner, null);
        }

        var deed = new CustomerDeed($"customer.partner_{Shared.Text.Words<Settlement>.Of(settlement)}", time.GetDatabaseNow(), After: $$"""{"partner_id": {{partnerId}}}""");
        var saved = await editor.SaveAsync(caller, customer, deed, cancellation);
        return saved.Succeeded(out var settled, out var taken) ? new PartnerView(partner, settled) : taken;
    }
}
