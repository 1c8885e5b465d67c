using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Patron.Web.Http;

/// <summary>Allows HEAD wherever GET is allowed (RFC 9110, 9.3.2), with the same status and headers. The server omits the body.</summary>
public static class HeadRequests
{
    /// <summary>Adds HEAD to every GET endpoint of the group.</summary>
    public static TBuilder AcceptHead<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Finally(endpoint =>
        {
            if (endpoint.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault() is { } methods
                && methods.HttpMethods.Contains(HttpMethods.Get, StringComparer.Ordinal))
            {
                endpoint.Metadata.Add(new HttpMethodMetadata([.. methods.HttpMethods, HttpMethods.Head], methods.AcceptCorsPreflight));
            }
        });
        return builder;
    }
}
