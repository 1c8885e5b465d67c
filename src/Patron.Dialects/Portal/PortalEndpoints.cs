using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Dialects.Http;
using Patron.Shared;

namespace Patron.Dialects.Portal;

/// <summary>The portal dialect (source 4): customers of the company's ERP and what they see there. This is its table of contents.</summary>
public static class PortalEndpoints
{
    public static void MapPortal(this IEndpointRouteBuilder app)
    {
        var portal = app.MapGroup("/api/portal").WithTags("Portal").RequireAuthorization().ServedBy(ProcessRole.All);
        portal.MapGroup("").RequireAuthorization(CallerAuthentication.People).MapDashboard();
    }

    public static void AddJson(JsonSerializerOptions options) => options.TypeInfoResolverChain.Insert(0, PortalJson.Default);
}
