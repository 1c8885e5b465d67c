using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Sync;

/// <summary>A partner and the customer it is tied to: both sides of what staff decide.</summary>
public sealed record PartnerView(Partner Partner, Customer? Customer);

/// <summary>
/// The ledger of the ERP's partners, by number, for staff of the home organization: all, or those of one state, such as the conflicts that wait for
/// them. Errors: 403 for others, 422 for a page that cannot be.
/// </summary>
public sealed class ListPartners(DatabaseSession database, CustomerStore customers, HomeOrganization home)
{
    public const int MaxLimit = 1000;

    /// <summary>Those after the one with this number.</summary>
    public async Task<Result<IReadOnlyList<PartnerView>>> HandleAsync(Caller caller, PartnerState? state, long after, int limit, CancellationToken cancellation)
    {
        if (RefuseOthers(caller, home) is { } refused)
        {
            return refused;
        }

        if (limit is < 1 or > MaxLimit)
        {
            return Error.Invalid("limit", $"This is a number from 1 to {MaxLimit}.");
        }

        var partners = await database.QueryAsync(
            $"SELECT {Partner.Columns} FROM customers.erp_partners p WHERE p.organization_id = $1 AND p.partner_id > $2 AND ($3::text IS NULL OR p.state = $3) ORDER BY p.partner_id LIMIT $4",
            Partner.Read, cancellation, home.Id, after, OptionalParameter.Of(state is { } wanted ? Words<PartnerState>.Of(wanted) : null, NpgsqlDbType.Text), limit);
        var tied = await customers.WhereAsync("c.organization_id = $1 AND c.uid = ANY ($2)", cancellation, home.Id, partners.Select(partner => partner.CustomerUid).OfType<Guid>().ToArray());
        var byUid = tied.ToDictionary(customer => customer.Uid);
        return partners.ConvertAll(partner => new PartnerView(partner, partner.CustomerUid is { } uid ? byUid.GetValueOrDefault(uid) : null));
    }

    internal static Error? RefuseOthers(Caller caller, HomeOrganization home, string scope = Scopes.ReadCustomers) =>
        CustomerAccess.RefuseUnlessStaff(caller, scope)
        ?? (caller.OrganizationId == home.Id ? null : Error.Forbidden("The company's Odoo belongs to the home organization; only its staff see and decide this."));
}
