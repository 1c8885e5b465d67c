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
        customers.MapCustomerDuplicates();
        customers.MapMerges(Group(app, "merges", "Customers"));
        Group(app, "duplicates", "Duplicates").MapDuplicates();
        Group(app, "segments", "Segments").MapSegments();
        app.MapJobs();
    }

    private static RouteGroupBuilder Group(IEndpointRouteBuilder app, string name, string tag) => app.MapGroup($"/api/v1/{name}")
        .WithTags(tag).RequireAuthorization().ServedBy(ProcessRole.All, ProcessRole.Customers).AllowCompression();

    public static void AddJson(JsonSerializerOptions options) => options.TypeInfoResolverChain.Insert(0, CustomersJson.Default);
}
