using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Patron.Web.Http;

/// <summary>
/// The address that clients use. Behind a proxy it differs from the one of the request: in scheme, host and path prefix. The configured
/// address takes precedence over the headers of trusted proxies, which take precedence over the request itself.
/// </summary>
/// <param name="url">The configured address; null if there is none.</param>
public sealed partial class PublicAddress(Uri? url)
{
    public bool IsHttps => url?.Scheme == Uri.UriSchemeHttps;

    /// <summary>The path prefix of the configured address, such as <c>/portal</c>; empty if there is none.</summary>
    public PathString Prefix { get; } = new(url is null ? null : PathString.FromUriComponent(url).Value!.TrimEnd('/'));

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
        if (url is null)
        {
            UseForwardedPrefix(request);
            return;
        }

        if (IsHttps)
        {
            request.Scheme = Uri.UriSchemeHttps; // Cookies become secure.
        }

        if (Prefix.HasValue)
        {
            RemovePrefix(request);
        }

        request.PathBase = Prefix;
    }

    private static void UseForwardedPrefix(HttpRequest request)
    {
        if (request.PathBase.HasValue)
        {
            var forwarded = request.PathBase.Value.TrimEnd('/');
            request.PathBase = PlainPath().IsMatch(forwarded) ? new PathString(forwarded) : PathString.Empty;
        }
    }

    // Proxies usually remove the prefix, but not all of them. No path of ours starts with it.
    private void RemovePrefix(HttpRequest request)
    {
        var (sent, prefix) = (RawPath.Of(request).Value!, Prefix.ToUriComponent());
        if (sent.StartsWith(prefix, StringComparison.Ordinal)
            && request.Path.StartsWithSegments(Prefix, StringComparison.Ordinal, out var path))
        {
            request.Path = path.HasValue ? path : new PathString("/");
            request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget =
                (path.HasValue ? sent[prefix.Length..] : "/") + request.QueryString.ToUriComponent();
        }
    }

    // A proxy that sends no prefix may pass on the client's header: '//host' would be another site, and '/..' another program.
    [GeneratedRegex(@"^(/[A-Za-z0-9_~-][A-Za-z0-9_~.-]*)+\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex PlainPath();
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
