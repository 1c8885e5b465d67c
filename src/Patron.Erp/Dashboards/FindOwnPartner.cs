using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Customers.Profiles;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Erp.Dashboards;

/// <summary>The caller's own record in the home organization, and the partner whose documents they may see; null where there are none for them.</summary>
public sealed record OwnPartner(Profile Profile, PartnerKey? Partner);

/// <summary>
/// Whose documents the caller may see: the rule behind the dashboard and every document. A record whose partner is in conflict has none (decision 0013).
/// 404 without a record, 403 without an account. No connection to the database is held afterwards.
/// </summary>
public sealed class FindOwnPartner(FindProfile own, DatabaseSession session, HomeOrganization home, IErpDocuments? erp = null)
{
    // The partner's line is settled. One that is to be read again, or has been read and not decided yet, is judged by the address it was last seen with; a
    // person who has changed the login since keeps their documents as long as the partner says nothing new.
    private const string ShowsSql = """
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
        var asked = await own.HandleAsync(caller with { OrganizationId = home.Id }, cancellationToken);
        if (!asked.Succeeded(out var profile, out var refused))
        {
            return refused;
        }

        var customer = profile.Customer;
        return new OwnPartner(profile, customer.Partner is { } partner && await ShowsAsync(customer, cancellationToken) ? partner : null);
    }

    private async Task<bool> ShowsAsync(Customer customer, CancellationToken cancellationToken) => erp is not null
        && (await session.QueryAsync(ShowsSql, row => row.Flag(), cancellationToken, customer.OrganizationId, customer.Uid, erp.Source)).Single();
}
