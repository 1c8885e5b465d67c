using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Customers.Profiles;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Erp.Dashboards;

/// <summary>
/// The caller's own record in the home organization with their documents in the ERP (source 4, dashboard). The ERP is asked only for what is not known freshly,
/// with no connection to the database held; when it is away, the last known answers are shown with their time. A record whose partner is in conflict has no
/// documents, and none that are kept of it (decision 0013). 404 without a record, 403 without an account.
/// </summary>
public sealed class ReadDashboard(
    FindProfile own, DashboardCache cache, DatabaseSession session, HomeOrganization home, TimeProvider time, IErpDocuments? erp = null)
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

    public async Task<Result<Dashboard>> HandleAsync(Caller caller, CancellationToken cancellation)
    {
        var asked = await own.HandleAsync(caller with { OrganizationId = home.Id }, cancellation);
        if (!asked.Succeeded(out var profile, out var refused))
        {
            return refused;
        }

        return erp is not null && profile.Customer.Partner is { } partner && await ShowsAsync(profile.Customer, cancellation)
            ? await ReadAsync(profile, partner, erp, cancellation)
            : Dashboard.WithoutErp(profile);
    }

    private async Task<bool> ShowsAsync(Customer customer, CancellationToken cancellation) => erp is not null
        && (await session.QueryAsync(ShowsSql, row => row.Flag(), cancellation, customer.OrganizationId, customer.Uid, erp.Source)).Single();

    private async Task<Dashboard> ReadAsync(Profile profile, PartnerKey partner, IErpDocuments documents, CancellationToken cancellation)
    {
        var kept = await cache.ReadAsync(profile.Customer, partner, cancellation);
        var reading = new DashboardReading(kept, documents.MaxAge, time);
        var services = reading.ReadAsync("services", DashboardJson.Default.Services, () => documents.ServicesAsync(partner.Id, cancellation));
        var billing = reading.ReadAsync("billing", DashboardJson.Default.Billing, () => documents.InvoicesAsync(partner.Id, cancellation));
        var arrears = reading.ReadAsync("arrears", DashboardJson.Default.Arrears, () => documents.ArrearsAsync(partner.Id, cancellation));
        var tickets = reading.ReadAsync("tickets", DashboardJson.Default.Tickets, () => documents.TicketsAsync(partner.Id, cancellation));
        var orders = reading.ReadAsync("orders", DashboardJson.Default.Orders, () => documents.OrdersAsync(partner.Id, cancellation));
        await Task.WhenAll(services, billing, arrears, tickets, orders);
        await cache.SaveAsync(profile.Customer, partner, reading.Learnt, cancellation);
        return new Dashboard(profile, await services, await billing, await arrears, await tickets, await orders);
    }
}
