using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Shared;
using Patron.Web.Http;

namespace Patron.Dialects.Portal;

/// <summary>Maps the portal dialect (source 4): activation, invitations and the dashboard of the ERP's customers, and the sync.</summary>
public static class PortalEndpoints
{
    public static void AddJson(JsonSerializerOptions options) => options.TypeInfoResolverChain.Insert(0, PortalJson.Default);

    public static void MapPortal(this IEndpointRouteBuilder app)
    {
        var portal = app.MapGroup("").WithTags("Portal").ServedBy(ProcessRole.All);
        portal.MapActivation();
        portal.MapInvitations();
        var compressible = portal.MapGroup("").AllowCompression();
        compressible.MapDashboard();
        compressible.MapEmailConflicts();
        portal.MapDocuments();
        portal.MapGroup("").AllowCompression().MapSync();
    }
}
