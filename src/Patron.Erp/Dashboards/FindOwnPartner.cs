using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Customers.Profiles;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Erp.Dashboards;

/// <summary>
/// The caller's own record in the home organization, and the partner whose documents they may see; null if they may see none.
/// </summary>
public sealed record OwnPartner(Profile Profile, PartnerKey? Partner);

/// <summary>
/// Determines whose documents the caller may see, for the dashboard and single documents. A record whose partner is in conflict has none
/// (decision 0013). 404 without a record, 403 without an account. No database connection is held afterwards.
/// </summary>
public sealed class FindOwnPartner(FindProfile own, DatabaseSession session, HomeOrganization home, IErpDocuments? erp = null)
{
    // The partner is current. One that is to be read again, or was read and not yet decided, counts by the address it last had; a person
    // who changed the login since keeps their documents while the partner does not change.
    private const string MayShowDocumentsSql = """
        SELECT EXISTS (
            SELECT FROM customers.customers c
            JOIN erp.partners p ON p.source = c.erp_source AND p.external_id = c.erp_id AND p.customer_uid = c.uid
            LEFT JOIN erp.readings r USING (source, external_id)
            WHERE c.organization_id = $1 AND c.uid = $2 AND c.erp_source = $3
                AND (p.state = 'current' OR (p.state IN ('unseen', 'error') AND p.email_key = c.email_key))
                AND (r.source IS NULL OR r.email_key IS NOT DISTINCT FROM p.email_key))
        """;

    public async Task<Result<OwnPartner>> HandleAsync(Caller caller, CancellationToken cancellationToken)
    {
        var result = await own.HandleAsync(caller with { OrganizationId = home.Id }, cancellationToken);
        if (!result.Succeeded(out var profile, out var refused))
        {
            return refused;
        }

        return new OwnPartner(profile, await OfCustomerAsync(profile.Customer, cancellationToken));
    }

    /// <summary>The partner whose documents are this customer's; null if they have none. It does not check access.</summary>
    internal async Task<PartnerKey?> OfCustomerAsync(Customer customer, CancellationToken cancellationToken) =>
        customer.Partner is { } partner && await MayShowDocumentsAsync(customer, cancellationToken) ? partner : null;

    private async Task<bool> MayShowDocumentsAsync(Customer customer, CancellationToken cancellationToken) => erp is not null
        && (await session.QueryAsync(
            MayShowDocumentsSql, row => row.Flag(), cancellationToken, customer.OrganizationId, customer.Uid, erp.Source)).Single();
}
