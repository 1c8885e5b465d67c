using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Erp.Dashboards;
using Patron.Dialects.OpenApi;
using Patron.Web.Http;

namespace Patron.Dialects.Portal;

/// <summary>The customer's dashboard (source 4).</summary>
internal static class DashboardEndpoints
{
    public static void MapDashboard(this RouteGroupBuilder portal) => portal.MapGet("/api/portal/dashboard/", GetAsync)
        .RequireAuthorization(CallerAuthentication.People)
        .Describe(
            "get_dashboard", "Get my dashboard",
            "The caller's customer record in the home organization, with their services, invoices, arrears, tickets and orders in the company's ERP: the latest fifty of each, and how many there are in all. Each section has a status: ok; stale, the last known answer while the ERP is away or does not let it be read; away, nothing known of before; not_available, where the ERP has no such module, has never let it be read, or the customer is not tied to it. An invoice in instalments is due when its first unpaid one is.")
        .Answers<PortalDashboardAnswer>(200, "The dashboard.", DashboardExamples.Dashboard)
        .Fails(401, 403, 404, 503);

    private static async Task<IResult> GetAsync(ReadDashboard read, HttpContext http, CancellationToken cancellationToken) =>
        (await read.HandleAsync(http.Caller(), cancellationToken)).ToOk(PortalDashboardAnswer.From);
}
