using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Patron.Shared.Results;

namespace Patron.Web.Http;

/// <summary>
/// Refuses pages of other sites (contract, 'Errors'): they may not sign anybody in or up, and they may not write with the cookie that
/// a browser sends along unasked. Whoever has put a token into a header was let in on purpose.
/// </summary>
public static class ForeignOrigins
{
    private static readonly Error NoSignIn = Error.Forbidden("This page may not sign people in here. The operator can allow its origin with the setting Limits:Origins.");
    private static readonly Error NoWriteByCookie = Error.Forbidden("This page may not change anything here with a cookie. The operator can allow its origin with the setting Limits:Origins.");

    /// <summary>Marks an endpoint that signs people in or up.</summary>
    public static TBuilder RefuseForeignOrigins<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new Refused());

    /// <summary>Answers 403 where a marked endpoint is called from a page of a foreign origin.</summary>
    public static void UseForeignOriginRefusal(this IApplicationBuilder app, LimitOptions limits) => app.Use((http, next) =>
        http.GetEndpoint()?.Metadata.GetMetadata<Refused>() is not null && IsForeign(http.Request, limits)
            ? Problems.WriteAsync(http, NoSignIn)
            : next(http));

    /// <summary>Answers 403 where a page of a foreign origin writes with somebody's cookie. Belongs after authentication, which finds that out.</summary>
    public static void UseForeignCookieRefusal(this IApplicationBuilder app, LimitOptions limits) => app.Use((http, next) =>
        CallerAuthentication.IsByCookie(http) && !IsRead(http.Request.Method) && IsForeign(http.Request, limits)
            ? Problems.WriteAsync(http, NoWriteByCookie)
            : next(http));

    private static bool IsRead(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private static bool IsForeign(HttpRequest request, LimitOptions limits)
    {
        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0)
        {
            // Only host and port are compared: a proxy in front may have ended TLS.
            return !limits.Origins.Contains(origin, StringComparer.OrdinalIgnoreCase)
                && !(Uri.TryCreate(origin, UriKind.Absolute, out var uri) && string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
        }

        return request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none");
    }

    private sealed record Refused;
}
