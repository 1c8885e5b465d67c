using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Shared;
using Patron.Web.Http;

namespace Patron.Dialects.Profiles;

/// <summary>Maps the profiles dialect (source 3): people and their own customer record.</summary>
public static class ProfilesEndpoints
{
    public static void MapProfiles(this IEndpointRouteBuilder app)
    {
        var profiles = app.MapGroup("/api/v1/customers").WithTags("Profiles").RequireAuthorization()
            .ServedBy(ProcessRole.All, ProcessRole.Customers).AllowCompression();
        var people = profiles.MapGroup("").RequireAuthorization(CallerAuthentication.People);
        people.MapOwnProfile();
        people.MapOwnChangeRequests();
        profiles.MapServices();
    }

    public static void AddJson(JsonSerializerOptions options) => options.TypeInfoResolverChain.Insert(0, ProfilesJson.Default);
}
