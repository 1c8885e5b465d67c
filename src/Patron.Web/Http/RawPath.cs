using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Patron.Web.Http;

/// <summary>
/// The path as it was sent. Kestrel decodes a path except for %2F, so that a slash inside a segment does not separate segments
/// (dotnet/aspnetcore#2655). In the decoded path '%2F' may also have been '%252F'; only the raw path distinguishes them.
/// </summary>
public static class RawPath
{
    private const string EncodedSlash = "%2F";

    /// <summary>Decodes slashes in route values. Must run after routing, which they do not affect.</summary>
    public static void UseSlashesInRouteValues(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        if (HasEncodedSlash(http.Request.Path.Value!) && http.GetEndpoint() is RouteEndpoint endpoint)
        {
            DecodeSlashes(http.Request, endpoint.RoutePattern);
        }

        return next(http);
    });

    /// <summary>Returns the raw path without the query, which can be sent again.</summary>
    public static PathString Of(HttpRequest request)
    {
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = target.AsSpan(0, target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query ? query : target.Length);
        if (!path.StartsWith('/')) // The absolute form that proxies send: http://host/path (RFC 9112, 3.2.2).
        {
            var authority = path.IndexOf("://", StringComparison.Ordinal) + "://".Length;
            path = path[authority..].IndexOf('/') is >= 0 and var start ? path[(authority + start)..] : "/";
        }

        return new PathString(path.ToString());
    }

    private static void DecodeSlashes(HttpRequest request, RoutePattern pattern)
    {
        // Count segments from the end, because a base path and dot segments come before the matched ones.
        var sent = Of(request).Value!.Split('/');
        var first = sent.Length - request.Path.Value!.Split('/').Length + 1;
        for (var i = 0; i < pattern.PathSegments.Count; i++)
        {
            if (pattern.PathSegments[i].Parts is [RoutePatternParameterPart parameter]
                && request.RouteValues[parameter.Name] is string value && HasEncodedSlash(value)
                && Uri.UnescapeDataString(sent[first + i]) is var decoded
                && string.Equals(decoded.Replace("/", EncodedSlash, StringComparison.Ordinal), value, StringComparison.OrdinalIgnoreCase))
            {
                request.RouteValues[parameter.Name] = decoded;
            }
        }
    }

    private static bool HasEncodedSlash(string path) => path.Contains(EncodedSlash, StringComparison.OrdinalIgnoreCase);
}
