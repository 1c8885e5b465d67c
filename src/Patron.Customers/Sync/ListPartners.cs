using Microsoft.EntityFrameworkCore;
using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Sync;

/// <summary>A partner and the customer it is tied to: both sides of what staff decide.</summary>
public sealed record PartnerView(Partner Partner, Customer? Customer);

/// <summary>
/// The ledger of the ERP's partners, by number, for staff of the home organization: all, or those of one state, such as the conflicts that wait for
/// them. Errors: 403 for others, 422 for a page that cannot be.
/// </summary>
public sealed class ListPartners(CustomersContext context, HomeOrganization home)
{
    public const int MaxLimit = 1000;

    /// <summary>Those after the one with this number.</summary>
    public async Task<Result<IReadOnlyList<PartnerView>>> HandleAsync(Caller caller, PartnerState? state, long after, int limit, CancellationToken cancellation)
    {
        if (RefuseStrangers(caller, home) is { } refused)
        {
            return refused;
        }

        if (limit is < 1 or > MaxLimit)
        {
            return Error.Invalid("limit", $"This is a number from 1 to {MaxLimit}.");
        }

        var partners = await context.Partners.AsNoTracking()
            .Where(partner => partner.PartnerId > after && (state == null || partner.State == state))
            .OrderBy(partner => partner.PartnerId).Take(limit).ToListAsync(cancellation);
        var tied = partners.Select(partner => partner.CustomerUid).OfType<Guid>().ToList();
        var customers = await context.Customers.AsNoTracking().Where(customer => tied.Contains(customer.Uid)).ToDictionaryAsync(customer => customer.Uid, cancellation);
        return partners.ConvertAll(partner => new PartnerView(partner, partner.CustomerUid is { } uid ? customers.GetValueOrDefault(uid) : null));
    }

    internal static Error? RefuseStrangers(Caller caller, HomeOrganization home, string scope = Scopes.ReadCustomers) =>
        CustomerAccess.RefuseUnlessStaff(caller, scope)
        ?? (caller.OrganizationId == home.Id ? null : Error.Forbidden("The company's Odoo belongs to the home organization; only its staff see and decide this."));
}
