using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Shared;
using Patron.Web.Http;

namespace Patron.Dialects.Customers;

/// <summary>The customers dialect (source 5): the customer records of an organization. This is its table of contents.</summary>
public static class CustomersEndpoints
{
    public static void MapCustomers(this IEndpointRouteBuilder app)
    {
        var customers = app.MapGroup("/api/v1/customers").WithTags("Customers").RequireAuthorization()
            .ServedBy(ProcessRole.All, ProcessRole.Customers);
        customers.MapReading();
        customers.MapSearch();
        customers.MapStatistics();
        customers.MapWriting();
        customers.MapVerifying();
        customers.MapAddresses();
    }

    public static void AddJson(JsonSerializerOptions options) => options.TypeInfoResolverChain.Insert(0, CustomersJson.Default);
}
