using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Shared;
using Patron.Web.Http;

namespace Patron.Dialects.Crm;

/// <summary>Maps the crm dialect (source 2): people with organizations of their own, their customers, vendors and profiles.</summary>
public static class CrmEndpoints
{
    public static void AddJson(JsonSerializerOptions options) => options.TypeInfoResolverChain.Insert(0, CrmJson.Default);

    public static void MapCrm(this IEndpointRouteBuilder app)
    {
        var crm = app.MapGroup("/api").ServedBy(ProcessRole.All);
        crm.MapGroup("/users").WithTags("CRM users").MapUsers();
        crm.MapGroup("/customers").WithTags("CRM customers").AllowCompression().MapCrmCustomers();
        crm.MapGroup("/organizations").WithTags("Organizations").MapOrganizations();
        crm.MapGroup("/vendors").WithTags("CRM vendors").AllowCompression().MapVendors();
        crm.MapGroup("/profiles").WithTags("CRM profiles").AllowCompression().MapProfiles();
    }
}
