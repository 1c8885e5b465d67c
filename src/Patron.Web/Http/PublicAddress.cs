using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Patron.Web.Http;

/// <summary>
/// The address that clients use. Behind a proxy it differs from the one of the request: in scheme, host and path prefix. The configured
/// address takes precedence over the headers of trusted proxies, which takes precedence over the request itself.
/// </summary>
/// <param name="url">The configured address; null if there is none.</param>
public sealed class PublicAddress(Uri? url)
{
    private readonly PathString prefix = new(url is null ? null : PathString.FromUriComponent(url).Value!.TrimEnd('/'));

    public bool IsHttps => url?.Scheme == Uri.UriSchemeHttps;

    /// <summary>The path prefix of the configured address, such as <c>/portal</c>; empty if there is none.</summary>
    public PathString Prefix => prefix;

    /// <summary>Whether this origin of a page is our own. Only host and port count, because a proxy may have terminated TLS.</summary>
    public bool IsOwn(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && (string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)
            || string.Equals(uri.Authority, url?.Authority, StringComparison.OrdinalIgnoreCase));

    /// <summary>The address of a path with a query, as clients see it. Relative if the host is unknown (HTTP/1.0).</summary>
    public string Of(HttpRequest request, PathString path, QueryString query)
    {
        var host = url is null ? request.Host : new HostString(url.Authority);
        return host.HasValue
            ? UriHelper.BuildAbsolute(url?.Scheme ?? request.Scheme, host, request.PathBase, path, query)
            : UriHelper.BuildRelative(request.PathBase, path, query);
    }

    internal void ApplyTo(HttpRequest request)
    {
        if (IsHttps)
        {
            request.Scheme = Uri.UriSchemeHttps; // Cookies become secure.
        }

        if (prefix.HasValue)
        {
            RemovePrefix(request);
            request.PathBase = prefix;
        }
        else
        {
            var forwarded = request.PathBase.Value!.TrimEnd('/');
            request.PathBase = IsPlain(forwarded) ? new PathString(forwarded) : PathString.Empty;
        }
    }

    // Proxies usually remove the prefix, but not all of them. No path of ours starts with it.
    private void RemovePrefix(HttpRequest request)
    {
        var sent = RawPath.Of(request).Value!;
        if (sent.StartsWith(prefix.ToUriComponent(), StringComparison.Ordinal) && request.Path.StartsWithSegments(prefix, StringComparison.Ordinal, out var path))
        {
            request.Path = path.HasValue ? path : new PathString("/");
            request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget =
                sent[prefix.ToUriComponent().Length..] + request.QueryString.ToUriComponent();
        }
    }

    // A proxy that sends no prefix may pass on the client's header, and '//host' would be another site.
    private static bool IsPlain(string path) =>
        path.Length > 0 && !path.Contains("//", StringComparison.Ordinal)
        && path.All(character => char.IsAsciiLetterOrDigit(character) || character is '/' or '-' or '_' or '.' or '~');
}

/// <summary>Makes requests and answers consistent with the <see cref="PublicAddress"/>.</summary>
public static class PublicAddressExtensions
{
    /// <summary>Must run after forwarded headers and before routing.</summary>
    public static void UsePublicAddress(this IApplicationBuilder app)
    {
        var address = app.ApplicationServices.GetRequiredService<PublicAddress>();
        app.Use((http, next) =>
        {
            address.ApplyTo(http.Request);
            if (http.Request.PathBase.HasValue)
            {
                http.Response.OnStarting(AddPrefixToLocation, http);
            }

            return next(http);
        });
    }

    // In one place for redirects, created records and replayed answers: all of them name paths of this server.
    private static Task AddPrefixToLocation(object state)
    {
        var http = (HttpContext)state;
        if (http.Response.Headers.Location.ToString() is ['/', ..] location)
        {
            http.Response.Headers.Location = http.Request.PathBase.ToUriComponent() + location;
        }

        return Task.CompletedTask;
    }
}
