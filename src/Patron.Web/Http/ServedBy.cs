using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Patron.Shared;

namespace Patron.Web.Http;

/// <summary>Marks an endpoint with the roles that serve it. Endpoints without it are served by all.</summary>
public sealed record ServedBy(ProcessRole[] Roles)
{
    public bool Includes(ProcessRole role) => Roles.Contains(role);
}

/// <summary>If a role does not serve a path, the 404 names the role that does.</summary>
public static class ServedByExtensions
{
    public static TBuilder ServedBy<TBuilder>(this TBuilder builder, params ProcessRole[] roles)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new ServedBy(roles));

    public static void UseServedBy(this IApplicationBuilder app, ProcessRole role) => app.Use((http, next) =>
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<ServedBy>() is { } served && !served.Includes(role))
        {
            var others = string.Join(" or ", served.Roles.Select(other => other.ToString().ToLowerInvariant()));
            return Problems.WriteAsync(
                http, StatusCodes.Status404NotFound, "other_role",
                $"This process has the role {role.ToString().ToLowerInvariant()}; the path is served by the role {others}.");
        }

        return next(http);
    });
}
