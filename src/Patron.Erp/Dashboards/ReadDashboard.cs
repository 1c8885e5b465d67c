using Patron.Customers.Erp;
using Patron.Customers.Profiles;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Erp.Dashboards;

/// <summary>
/// The caller's own record in the home organization with their documents in the ERP (source 4, dashboard). The ERP is asked only for what is not known freshly,
/// with no connection to the database held; when it is away, the last known answers are shown with their time. A record whose partner is in conflict has no
/// documents, and none that are kept of it (decision 0013). 404 without a record, 403 without an account.
/// </summary>
public sealed class ReadDashboard(FindOwnPartner own, DashboardCache cache, TimeProvider time, IErpDocuments? erp = null)
{
    public async Task<Result<Dashboard>> HandleAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (!(await own.HandleAsync(caller, cancellationToken)).Succeeded(out var found, out var refused))
        {
            return refused;
        }

        return erp is not null && found.Partner is { } partner
            ? await ReadAsync(found.Profile, partner, erp, cancellationToken)
            : Dashboard.WithoutErp(found.Profile);
    }

    private async Task<Dashboard> ReadAsync(Profile profile, PartnerKey partner, IErpDocuments documents, CancellationToken cancellationToken)
    {
        var kept = await cache.ReadAsync(profile.Customer, partner, cancellationToken);
        var reading = new DashboardReading(kept, documents.MaxAge, time);
        var services = reading.ReadAsync("services", DashboardJson.Default.Services, () => documents.ServicesAsync(partner.Id, cancellationToken));
        var billing = reading.ReadAsync("billing", DashboardJson.Default.Billing, () => documents.InvoicesAsync(partner.Id, cancellationToken));
        var arrears = reading.ReadAsync("arrears", DashboardJson.Default.Arrears, () => documents.ArrearsAsync(partner.Id, cancellationToken));
        var tickets = reading.ReadAsync("tickets", DashboardJson.Default.Tickets, () => documents.TicketsAsync(partner.Id, cancellationToken));
        var orders = reading.ReadAsync("orders", DashboardJson.Default.Orders, () => documents.OrdersAsync(partner.Id, cancellationToken));
        await Task.WhenAll(services, billing, arrears, tickets, orders);
        await cache.SaveAsync(profile.Customer, partner, reading.Learnt, cancellationToken);
        return new Dashboard(profile, await services, await billing, await arrears, await tickets, await orders);
    }
}
