using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Shared;
using Patron.Web.Http;

namespace Patron.Dialects.Portal;

/// <summary>The portal dialect (source 4): customers of the ERP who come for the first time, and what they see. This is its table of contents.</summary>
public static class PortalEndpoints
{
    public static void AddJson(JsonSerializerOptions options) => options.TypeInfoResolverChain.Insert(0, PortalJson.Default);

    public static void MapPortal(this IEndpointRouteBuilder app)
    {
        var portal = app.MapGroup("").WithTags("Portal").ServedBy(ProcessRole.All);
        portal.MapActivation();
        portal.MapInvitations();
        portal.MapDashboard();
        portal.MapDocuments();
        portal.MapSync();
        portal.MapEmailConflicts();
    }
}
