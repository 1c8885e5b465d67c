using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Patron.Shared.Results;
using Patron.Web.Http;

namespace Patron.Portal.Http;

/// <summary>A component that is a page, and what it shows.</summary>
/// <typeparam name="TModel">What its route found out for it.</typeparam>
public abstract class PageOf<TModel> : ComponentBase
{
    [Parameter]
    public required TModel Model { get; set; }

    [CascadingParameter]
    public required HttpContext Http { get; set; }
}

/// <summary>A page as an answer: its language, its headers, the token of its forms.</summary>
internal sealed class PageResult<TPage, TModel>(TModel model, int status) : IResult
    where TPage : PageOf<TModel>
{
    // No inline script or style, nothing of other hosts, no frame around it: what is not listed is not loaded.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var culture = Language.Of(httpContext.Request);
        (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, culture);
        httpContext.Features.Set(new ShownPage(
            Notice.Take(httpContext), httpContext.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(httpContext)));
        var headers = httpContext.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers["Referrer-Policy"] = "same-origin"; // Some addresses hold a mailed secret. With no-referrer browsers would hide the origin of our own forms.
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.CacheControl = "no-store";
        headers.ContentLanguage = culture.TwoLetterISOLanguageName;
        headers.Vary = "Accept-Language, Cookie";
        await new RazorComponentResult<TPage>(new Dictionary<string, object?>(StringComparer.Ordinal) { ["Model"] = model })
        {
            StatusCode = status,
            PreventStreamingRendering = true,
        }.ExecuteAsync(httpContext);
    }
}

/// <summary>What every page carries: the message that is said once, and the token of its forms.</summary>
internal sealed record ShownPage(string? Notice, AntiforgeryTokenSet Token);

/// <summary>The answers that routes of pages give.</summary>
internal static class PageResults
{
    public static IResult Page<TPage, TModel>(TModel model)
        where TPage : PageOf<TModel> => new PageResult<TPage, TModel>(model, StatusCodes.Status200OK);

    /// <summary>The page once more, with what is wrong with its form.</summary>
    public static IResult Refused<TPage, TModel>(TModel model, Error error)
        where TPage : PageOf<TModel> => new PageResult<TPage, TModel>(model, Problems.Status(error.Kind));

    /// <summary>A form has done its work: on to a page (303), which says so.</summary>
    public static IResult Next(HttpContext http, string address, string? notice = null, int status = StatusCodes.Status303SeeOther)
    {
        if (notice is not null)
        {
            Patron.Portal.Http.Notice.Leave(http, notice);
        }

        http.Response.Headers.CacheControl = "no-store";
        http.Response.StatusCode = status;
        http.Response.Headers.Location = address;
        return Results.Empty;
    }
}
