using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Shared;
using Patron.Web.Http;

namespace Patron.Dialects.Customers;

/// <summary>Maps the customers dialect (source 5): the customer records of an organization, and jobs over many of them.</summary>
public static class CustomersEndpoints
{
    public static void MapCustomers(this IEndpointRouteBuilder app)
    {
        var customers = Group(app, "customers", "Customers");
        customers.MapReads();
        customers.MapSearch();
        customers.MapFind();
        customers.MapStatistics();
        customers.MapWrites();
        customers.MapVerification();
        customers.MapAddresses();
        customers.MapComments();
        customers.MapCustomerDuplicates();
        customers.MapMerges(Group(app, "merges", "Customers"));
        Group(app, "duplicates", "Duplicates").MapDuplicates();
        Group(app, "segments", "Segments").MapSegments();
        Group(app, "customers", "Customers", ProcessRole.All).MapTimeline();
        Group(app, "audit", "Audit", ProcessRole.All).MapAudit();
        app.MapJobs();
    }

    private static RouteGroupBuilder Group(IEndpointRouteBuilder app, string name, string tag, params ProcessRole[] roles) =>
        app.MapGroup($"/api/v1/{name}").WithTags(tag).RequireAuthorization()
            .ServedBy(roles.Length == 0 ? [ProcessRole.All, ProcessRole.Customers] : roles).AllowCompression();

    public static void AddJson(JsonSerializerOptions options) => options.TypeInfoResolverChain.Insert(0, CustomersJson.Default);
}
