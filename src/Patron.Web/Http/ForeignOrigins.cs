using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Patron.Shared.Results;

namespace Patron.Web.Http;

/// <summary>
/// Refuses requests of other sites' pages (contract, 'Errors'): they may not sign anyone in or up, and may not write with a session cookie,
/// which browsers send automatically. Requests with a token in a header are allowed.
/// </summary>
public static class ForeignOrigins
{
    private static readonly Error NoSignIn = Error.Forbidden(
        "origin_refused", "Pages of this origin can't sign people in here. The operator can allow the origin with the setting Limits:Origins.");
    private static readonly Error NoWriteByCookie = Error.Forbidden(
        "origin_refused", "Pages of this origin can't change anything here with a cookie. The operator can allow the origin with the setting Limits:Origins.");

    /// <summary>Marks an endpoint that signs people in or up.</summary>
    public static TBuilder RefuseForeignOrigins<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new Refused());

    /// <summary>Answers 403 if a page of a foreign origin calls a marked endpoint.</summary>
    public static void UseForeignOriginRefusal(this IApplicationBuilder app, LimitOptions limits) => app.Use((http, next) =>
        http.GetEndpoint()?.Metadata.GetMetadata<Refused>() is not null && IsForeign(http.Request, limits)
            ? Problems.WriteAsync(http, NoSignIn)
            : next(http));

    /// <summary>Answers 403 if a page of a foreign origin writes with a session cookie. Must run after authentication.</summary>
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
            return !limits.Origins.Contains(origin, StringComparer.OrdinalIgnoreCase)
                && !request.HttpContext.RequestServices.GetRequiredService<PublicAddress>().IsOwn(origin, request);
        }

        return request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none");
    }

    private sealed record Refused;
}
