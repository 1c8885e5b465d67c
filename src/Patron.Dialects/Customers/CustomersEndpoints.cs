using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Shared;
using Patron.Web.Http;

namespace Patron.Dialects.Customers;

/// <summary>Maps the customers dialect (source 5): the customer records of an organization.</summary>
public static class CustomersEndpoints
{
    public static void MapCustomers(this IEndpointRouteBuilder app)
    {
        var customers = app.MapGroup("/api/v1/customers").WithTags("Customers").RequireAuthorization()
            .ServedBy(ProcessRole.All, ProcessRole.Customers).AllowCompression();
        customers.MapReads();
        customers.MapSearch();
        customers.MapStatistics();
        customers.MapWrites();
        customers.MapVerification();
        customers.MapAddresses();
        customers.MapMerges(
            app.MapGroup("/api/v1/merges").WithTags("Customers").RequireAuthorization()
                .ServedBy(ProcessRole.All, ProcessRole.Customers).AllowCompression());
    }

    public static void AddJson(JsonSerializerOptions options) => options.TypeInfoResolverChain.Insert(0, CustomersJson.Default);
}
