using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Patron.Web.Http;

/// <summary>
/// Adds headers that protect the content of every answer. An answer with public content or other needs sets a header of its own, which is
/// kept.
/// </summary>
public static class SecurityHeaders
{
    private const string OneYear = "max-age=31536000";

    /// <summary>
    /// Must run after forwarded headers, because only they say whether the request came by https, and before
    /// <see cref="PublicAddressExtensions.UsePublicAddress"/>.
    /// </summary>
    public static void UseSecurityHeaders(this IApplicationBuilder app)
    {
        var address = app.ApplicationServices.GetRequiredService<PublicAddress>();
        app.Use((http, next) =>
        {
            // Not before the answer starts: an error removes the headers that were set before.
            http.Response.OnStarting(AddAsync, http.Response);
            if (address.IsHttps && http.Request.IsHttps)
            {
                http.Response.OnStarting(AddTransportSecurityAsync, http.Response);
            }

            return next(http);
        });
    }

    private static Task AddAsync(object response)
    {
        var headers = ((HttpResponse)response).Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.TryAdd("Referrer-Policy", "no-referrer");
        if (headers.CacheControl.Count == 0)
        {
            headers.CacheControl = "no-store";
        }

        if (headers.ContentSecurityPolicy.Count == 0)
        {
            headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        }

        return Task.CompletedTask;
    }

    // Without subdomains: they can be other programs that have no https.
    private static Task AddTransportSecurityAsync(object response)
    {
        ((HttpResponse)response).Headers.StrictTransportSecurity = OneYear;
        return Task.CompletedTask;
    }
}
