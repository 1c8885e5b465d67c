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
        var customers = app.MapGroup("/api/v1/customers").WithTags("Customers").RequireAuthorization()
            .ServedBy(ProcessRole.All, ProcessRole.Customers).AllowCompression();
        customers.MapReads();
        customers.MapSearch();
        customers.MapStatistics();
        customers.MapWrites();
        customers.MapVerification();
        customers.MapAddresses();
        customers.MapCustomerDuplicates();
        var duplicates = app.MapGroup("/api/v1/duplicates").WithTags("Duplicates").RequireAuthorization()
            .ServedBy(ProcessRole.All, ProcessRole.Customers).AllowCompression();
        duplicates.MapDuplicates();
        app.MapJobs();
    }

    public static void AddJson(JsonSerializerOptions options) => options.TypeInfoResolverChain.Insert(0, CustomersJson.Default);
}
