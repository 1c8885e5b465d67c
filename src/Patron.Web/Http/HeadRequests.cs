using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Patron.Web.Http;

/// <summary>HEAD wherever GET is (RFC 9110, 9.3.2): the same status and headers. The server leaves the body away by itself.</summary>
public static class HeadRequests
{
    /// <summary>Makes every endpoint of a group that takes GET take HEAD too.</summary>
    public static TBuilder TakeHead<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Finally(endpoint =>
        {
            if (endpoint.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault() is { } taken && taken.HttpMethods.Contains(HttpMethods.Get, StringComparer.Ordinal))
            {
                endpoint.Metadata.Add(new HttpMethodMetadata([.. taken.HttpMethods, HttpMethods.Head], taken.AcceptCorsPreflight));
            }
        });
        return builder;
    }
}
