using Patron.Customers.Links;
using Patron.Customers.Profiles;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Dashboards;

/// <summary>
/// The caller's own record in the home organization with their documents in the ERP (source 4, dashboard). The ERP is asked only for what is not known freshly,
/// with no connection to the database held; when it is away, the last known answers are shown with their time. A record that does not stand by its partner
/// (<see cref="PartnerStanding"/>) has no documents, and none that are kept of it. 404 without a record, 403 without an account.
/// </summary>
public sealed class ReadDashboard(
    OwnProfile own, DashboardCache cache, DatabaseSession session, HomeOrganization home, TimeProvider time, IErpDocuments? erp = null)
{
    public async Task<Result<Dashboard>> HandleAsync(Caller caller, CancellationToken cancellation)
    {
        var asked = await own.FindAsync(caller with { OrganizationId = home.Id }, cancellation);
        if (!asked.Succeeded(out var found, out var refused))
        {
            return refused;
        }

        if (found.Profile is not { } profile)
        {
            return OwnProfile.Missing;
        }

        return erp is not null && profile.Customer.ErpPartnerId is { } partner && await session.ShowsDocumentsAsync(profile.Customer, partner, cancellation)
            ? await ReadAsync(profile, partner, erp, cancellation)
            : Dashboard.WithoutErp(profile);
    }

    private async Task<Dashboard> ReadAsync(Profile profile, long partner, IErpDocuments documents, CancellationToken cancellation)
    {
        var kept = await cache.ReadAsync(profile.Customer, partner, cancellation);
        var reading = new DashboardReading(kept, documents.MaxAge, time);
        var services = reading.ReadAsync("services", DashboardJson.Default.Services, () => documents.ServicesAsync(partner, cancellation));
        var billing = reading.ReadAsync("billing", DashboardJson.Default.Billing, () => documents.InvoicesAsync(partner, cancellation));
        var arrears = reading.ReadAsync("arrears", DashboardJson.Default.Arrears, () => documents.ArrearsAsync(partner, cancellation));
        var tickets = reading.ReadAsync("tickets", DashboardJson.Default.Tickets, () => documents.TicketsAsync(partner, cancellation));
        var orders = reading.ReadAsync("orders", DashboardJson.Default.Orders, () => documents.OrdersAsync(partner, cancellation));
        await Task.WhenAll(services, billing, arrears, tickets, orders);
        await cache.SaveAsync(profile.Customer, partner, reading.Learnt, cancellation);
        return new Dashboard(profile, await services, await billing, await arrears, await tickets, await orders);
    }
}
